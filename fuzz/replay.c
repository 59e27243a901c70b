/* Runs a fuzz target over its corpus, without a fuzzer: each file whole, and cut
 * short at each of its first bytes, where parsers like to read one byte too far. */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 20, CUTS = 256 };

/* A copy of exact size, so that a sanitizer sees the first byte past it. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    if (copy == NULL)
        exit(2);
    memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int replay(const char *folder, const char *name)
{
    static uint8_t data[LARGEST];
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    size_t size = fread(data, 1, sizeof(data), file);
    (void)fclose(file);
    for (size_t cut = 0; cut < size && cut < CUTS; cut++)
        run(data, cut);
    run(data, size);
    return 0;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        (void)fprintf(stderr, "no corpus: %s\n", argc == 2 ? argv[1] : "give its folder");
        return 1;
    }
    unsigned n = 0;
    unsigned unread = 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        n++;
        unread += replay(argv[1], entry->d_name) != 0;
    }
    (void)closedir(folder);
    (void)printf("%u files\n", n);
    return n == 0 || unread != 0;
}
