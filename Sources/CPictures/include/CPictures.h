// Decodes JPEG and PNG files with the libraries that browsers use, and distinguishes harmless flaws from damage.
//
// In C, since both libraries report errors with longjmp, which Swift cannot use. No other code of drop360 is in C.
#ifndef CPICTURES_H
#define CPICTURES_H

#include <stddef.h>
#include <stdint.h>

/// The result of decoding.
typedef enum {
    PICTURE_WHOLE = 0,
    /// The data ends before the picture does.
    PICTURE_TRUNCATED = 1,
    /// Pixels are missing or wrong.
    PICTURE_DAMAGED = 2,
} PictureResult;

typedef struct {
    PictureResult result;
    /// The library's message for the first error.
    char message[200];
    /// Stray bytes, which decoders skip.
    size_t strayBytes;
    /// Something else is odd but does not affect any pixel.
    int isOdd;
} PictureOutcome;

/// A part of a file.
typedef struct {
    size_t offset;
    size_t length;
} PictureRange;

/// Decodes all of a JPEG into RGB, at a fraction of its size; every coefficient is read even so.
///
/// `pixels` has room for ceil(width / denominator) · ceil(height / denominator) · 3 bytes; a file whose size differs is damaged.
PictureOutcome picture_decode_jpeg(
    const uint8_t *bytes, size_t count, unsigned width, unsigned height, unsigned denominator, int isQuick, uint8_t *pixels);

/// Decodes all of a PNG into RGB, each pixel the mean of `divisor` · `divisor` of the file's. `divisor` need not divide either edge: the remainder
/// at the right and bottom is decoded but not returned.
///
/// `chunks` are the parts of the file that matter, in order: header, palette, transparency, image data. An interlaced picture needs three more bytes of memory
/// for each pixel, any other two rows.
PictureOutcome picture_decode_png(
    const uint8_t *bytes, const PictureRange *chunks, size_t chunkCount, unsigned width, unsigned height, unsigned divisor,
    uint8_t *pixels);

#endif
