#include "CPictures.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

typedef struct {
    PictureOutcome outcome;
    const uint8_t *bytes;
    const PictureRange *chunks;
    size_t chunkCount;
    /// The next byte: its part, and its offset in it.
    size_t part, at;
    size_t signature;
    uint8_t *rows;
    uint32_t *sums;
} Source;

static void on_error(png_structp png, png_const_charp words) {
    Source *source = png_get_error_ptr(png);
    int isShort = strstr(words, "Not enough") != NULL || strstr(words, "no more data") != NULL;
    source->outcome.result = isShort ? PICTURE_TRUNCATED : PICTURE_DAMAGED;
    snprintf(source->outcome.message, sizeof source->outcome.message, "%s", words);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp words) {
    // Whatever libpng only warns about does not affect any pixel.
    (void)words;
    Source *source = png_get_error_ptr(png);
    source->outcome.isOdd = 1;
}

static void on_read(png_structp png, png_bytep target, png_size_t wanted) {
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    Source *source = png_get_io_ptr(png);
    while (wanted > 0 && source->signature < sizeof signature) {
        *target++ = signature[source->signature++];
        wanted--;
    }
    while (wanted > 0) {
        if (source->part == source->chunkCount) png_error(png, "no more data");
        PictureRange part = source->chunks[source->part];
        size_t count = part.length - source->at < wanted ? part.length - source->at : wanted;
        memcpy(target, source->bytes + part.offset + source->at, count);
        target += count;
        wanted -= count;
        source->at += count;
        if (source->at == part.length) {
            source->part++;
            source->at = 0;
        }
    }
}

/// Adds a row to the sums; writes the means after every `divisor` rows.
static void reduce(const uint8_t *row, unsigned y, unsigned width, unsigned height, unsigned divisor, uint32_t *sums, uint8_t *pixels) {
    unsigned across = width / divisor, down = height / divisor;
    if (divisor == 1) {
        memcpy(pixels + (size_t)y * width * 3, row, (size_t)width * 3);
        return;
    }
    if (y / divisor >= down) return;
    for (unsigned x = 0; x < across; x++)
        for (unsigned inner = 0; inner < divisor; inner++)
            for (unsigned channel = 0; channel < 3; channel++)
                sums[x * 3 + channel] += row[((size_t)x * divisor + inner) * 3 + channel];
    if (y % divisor != divisor - 1) return;
    uint8_t *target = pixels + (size_t)(y / divisor) * across * 3;
    for (unsigned index = 0; index < across * 3; index++) {
        target[index] = (uint8_t)(sums[index] / (divisor * divisor));
        sums[index] = 0;
    }
}

PictureOutcome picture_decode_png(
    const uint8_t *bytes, const PictureRange *chunks, size_t chunkCount, unsigned width, unsigned height, unsigned divisor,
    uint8_t *pixels) {
    Source source;
    memset(&source, 0, sizeof source);
    source.bytes = bytes;
    source.chunks = chunks;
    source.chunkCount = chunkCount;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_read_struct(&png, NULL, NULL);
        source.outcome.result = PICTURE_DAMAGED;
        snprintf(source.outcome.message, sizeof source.outcome.message, "libpng did not start");
        return source.outcome;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        free(source.rows);
        free(source.sums);
        return source.outcome;
    }
    png_set_read_fn(png, &source, on_read);
    // As in browsers: the window size in the zlib header may be too small, and the checksum of the pixels is ignored; each chunk has its own.
    png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
    png_set_option(png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
    png_set_user_limits(png, width, height);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) png_error(png, "it has conflicting sizes");
    png_set_expand(png);
    png_set_strip_16(png);
    png_set_gray_to_rgb(png);
    png_set_strip_alpha(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = (size_t)width * 3;
    if (png_get_rowbytes(png, info) != stride) png_error(png, "its rows have an impossible length");
    source.rows = malloc(passes > 1 ? stride * height : stride);
    source.sums = calloc(width, 3 * sizeof *source.sums);
    if (!source.rows || !source.sums) png_error(png, "not enough memory");
    for (int pass = 0; pass < passes; pass++) {
        for (unsigned y = 0; y < height; y++) {
            uint8_t *row = source.rows + (passes > 1 ? stride * y : 0);
            png_read_row(png, row, NULL);
            if (pass == passes - 1) reduce(row, y, width, height, divisor, source.sums, pixels);
        }
    }
    png_destroy_read_struct(&png, &info, NULL);
    free(source.rows);
    free(source.sums);
    return source.outcome;
}
