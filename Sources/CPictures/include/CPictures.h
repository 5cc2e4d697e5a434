// Decodes JPEG and PNG files with the libraries that browsers use, and tells harmless untidiness from damage.
//
// In C, since both libraries leave a failed call with longjmp, which Swift cannot do. No other code of drop360's is in C.
#ifndef CPICTURES_H
#define CPICTURES_H

#include <stddef.h>
#include <stdint.h>

/// What came of a decoding.
typedef enum {
    PICTURE_WHOLE = 0,
    /// The data end before the picture does.
    PICTURE_TRUNCATED = 1,
    /// Pixels are missing or wrong.
    PICTURE_DAMAGED = 2,
} PictureResult;

typedef struct {
    PictureResult result;
    /// Of the first thing that was wrong, in the library's words.
    char message[200];
    /// Bytes that belong to nothing, and that decoders skip.
    size_t strayBytes;
    /// Something else is odd that changes no pixel.
    int isOdd;
} PictureOutcome;

/// A part of a file.
typedef struct {
    size_t offset;
    size_t length;
} PictureRange;

/// Decodes all of a JPEG into RGB, at a fraction of its size; every coefficient is read in any case.
///
/// `pixels` has room for ceil(width / denominator) · ceil(height / denominator) · 3 bytes; a file whose size differs is damaged.
PictureOutcome picture_decode_jpeg(
    const uint8_t *bytes, size_t count, unsigned width, unsigned height, unsigned denominator, int isQuick, uint8_t *pixels);

/// Decodes all of a PNG into RGB, each pixel the mean of `divisor` · `divisor` of the file's; `divisor` divides neither edge necessarily: what is left over
/// at the right and below is decoded and left out.
///
/// `chunks` are the parts of the file that matter: header, palette, transparency, image data, one after the other. An interlaced picture takes three bytes for
/// each pixel of memory of its own, any other two rows.
PictureOutcome picture_decode_png(
    const uint8_t *bytes, const PictureRange *chunks, size_t chunkCount, unsigned width, unsigned height, unsigned divisor,
    uint8_t *pixels);

#endif
