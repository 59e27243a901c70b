#include "base/base.h"
#include "edge/rng.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static void the_kernel_fills_what_it_is_asked_for(void **state)
{
    (void)state;
    struct hg_random random = edge_random_kernel();
    unsigned char a[64] = {0};
    unsigned char b[64] = {0};
    hg_random_fill(&random, a, 48);
    hg_random_fill(&random, b, sizeof(b));
    assert_memory_not_equal(a, b, 48);
    for (size_t i = 48; i < sizeof(a); i++)
        assert_int_equal(a[i], 0);
    hg_random_fill(&random, a, 0);
}

static void a_seed_decides_the_whole_stream(void **state)
{
    (void)state;
    unsigned char out[3][100];
    const uint64_t seeds[] = {42, 42, 43};
    for (size_t i = 0; i < HG_COUNT(seeds); i++) {
        struct edge_random_stream stream;
        edge_random_stream_init(&stream, seeds[i]);
        struct hg_random random = edge_random_stream_port(&stream);
        hg_random_fill(&random, out[i], 13);
        hg_random_fill(&random, out[i] + 13, sizeof(out[i]) - 13);
        edge_random_stream_fini(&stream);
    }
    assert_memory_equal(out[0], out[1], sizeof(out[0]));
    assert_memory_not_equal(out[0], out[2], sizeof(out[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_fills_what_it_is_asked_for),
        cmocka_unit_test(a_seed_decides_the_whole_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
