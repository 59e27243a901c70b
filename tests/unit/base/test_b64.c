#include "unit/test.h"

typedef enum hg_code decode_fn(struct hg_arena *, hg_str, hg_str *, struct hg_err *);

/* RFC 4648 §10. */
static const struct {
    const char *bytes, *b64, *url, *b32, *hex;
} vectors[] = {
    {"", "", "", "", ""},
    {"f", "Zg==", "Zg", "MY", "66"},
    {"fo", "Zm8=", "Zm8", "MZXQ", "666f"},
    {"foo", "Zm9v", "Zm9v", "MZXW6", "666f6f"},
    {"foob", "Zm9vYg==", "Zm9vYg", "MZXW6YQ", "666f6f62"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE", "MZXW6YTB", "666f6f6261"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy", "MZXW6YTBOI", "666f6f626172"},
    {"\xfb\xff\xbf", "+/+/", "-_-_", "7P736", "fbffbf"},
};

static void decodes_to(const char *text, const char *want, decode_fn *decode)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str bytes;
    assert_int_equal(decode(arena, hg_str_of(text), &bytes, NULL), HG_OK);
    test_str_eq(text, bytes, hg_str_of(want));
}

static void the_vectors_of_the_rfc_hold_both_ways(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(vectors); i++) {
        hg_str bytes = hg_str_of(vectors[i].bytes);
        test_str_eq("base64", hg_b64_encode(arena, bytes), hg_str_of(vectors[i].b64));
        test_str_eq("url", hg_b64url_encode(arena, bytes), hg_str_of(vectors[i].url));
        test_str_eq("base32", hg_b32_encode(arena, bytes), hg_str_of(vectors[i].b32));
        test_str_eq("hex", hg_hex_encode(arena, bytes), hg_str_of(vectors[i].hex));
        decodes_to(vectors[i].b64, vectors[i].bytes, hg_b64_decode);
        decodes_to(vectors[i].url, vectors[i].bytes, hg_b64url_decode);
        decodes_to(vectors[i].b32, vectors[i].bytes, hg_b32_decode);
        decodes_to(vectors[i].hex, vectors[i].bytes, hg_hex_decode);
    }
}

static void decoders_take_what_people_paste(void **state)
{
    (void)state;
    decodes_to("Zm8=", "fo", hg_b64url_decode);
    decodes_to("mzxw 6ytb oi==", "foobar", hg_b32_decode);
    decodes_to("666F6f", "foo", hg_hex_decode);
}

static const struct {
    const char *name;
    hg_str text;
    decode_fn *decode;
} refusals[] = {
    {"base64 without its padding", HG_LIT("Zg"), hg_b64_decode},
    {"base64 with too much padding", HG_LIT("Zg==="), hg_b64_decode},
    {"base64 that is all padding", HG_LIT("===="), hg_b64_decode},
    {"base64 with the url alphabet", HG_LIT("-_-_"), hg_b64_decode},
    {"base64 with a line break", HG_LIT("Zm9v\nZm9v"), hg_b64_decode},
    {"base64 with spare bits set", HG_LIT("Zh=="), hg_b64_decode},
    {"base64url with too little padding", HG_LIT("Zg="), hg_b64url_decode},
    {"base64url with too much padding", HG_LIT("Zg======"), hg_b64url_decode},
    {"base64url that is all padding", HG_LIT("===="), hg_b64url_decode},
    {"base64 with padding inside", HG_LIT("Zg==Zg=="), hg_b64_decode},
    {"url with the plain alphabet", HG_LIT("+/+/"), hg_b64url_decode},
    {"url with one character over", HG_LIT("Zm9vY"), hg_b64url_decode},
    {"url with spare bits set", HG_LIT("Zh"), hg_b64url_decode},
    {"a NUL", HG_LIT("Zm\0v"), hg_b64url_decode},
    {"base32 with a digit it does not have", HG_LIT("MZXW1"), hg_b32_decode},
    {"base32 with one character over", HG_LIT("M"), hg_b32_decode},
    {"hex with an odd digit", HG_LIT("666"), hg_hex_decode},
    {"hex with another letter", HG_LIT("6g"), hg_hex_decode},
};

static void decoders_are_strict(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(refusals); i++) {
        hg_str out = HG_STR("untouched");
        if (refusals[i].decode(arena, refusals[i].text, &out, NULL) != HG_MALFORMED)
            fail_msg("%s", refusals[i].name);
        test_str_eq(refusals[i].name, out, HG_STR("untouched"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_hold_both_ways),
        cmocka_unit_test(decoders_take_what_people_paste),
        cmocka_unit_test(decoders_are_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
