#include "base/base.h"
#include "mfa/mfa_private.h"

#include <qrencode.h>

/* QUIET modules of white on each side, as ISO/IEC 18004 asks; SCALE pixels a
 * module where no style sheet says otherwise. */
enum { QUIET = 4, SCALE = 4, SVG_MAX = 64 << 10 };

static void qr_freep(QRcode **code)
{
    QRcode_free(*code);
}

static bool is_dark(const QRcode *code, int x, int y)
{
    return (code->data[y * code->width + x] & 1) != 0;
}

/* Dark runs of one row as strokes: "M4 4.5h7". */
static void put_row(struct hg_buf *buf, const QRcode *code, int y)
{
    for (int x = 0; x < code->width; x++) {
        int start = x;
        while (x < code->width && is_dark(code, x, y))
            x++;
        if (x > start)
            hg_buf_format(buf, "M%d %d.5h%d", start + QUIET, y + QUIET, x - start);
    }
}

enum hg_code mfa_qr_render(struct hg_arena *arena, hg_str text, hg_str title, hg_str *out,
                           struct hg_err *err)
{
    if (text.len > HG_MAX_OTPAUTH_URI)
        return HG_FAIL(err, HG_TOO_BIG, "%zu bytes in a QR code", text.len);
    HG_CLEANUP(qr_freep)
    QRcode *code =
        QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a QR code of %zu bytes", text.len);

    int side = code->width + 2 * QUIET;
    struct hg_buf buf = hg_buf_new(arena, SVG_MAX);
    hg_buf_format(&buf,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\""
                  " width=\"%d\" height=\"%d\" shape-rendering=\"crispEdges\"><title>",
                  side, side, side * SCALE, side * SCALE);
    hg_buf_html(&buf, title);
    hg_buf_format(&buf,
                  "</title><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path stroke=\"#000\" d=\"",
                  side, side);
    for (int y = 0; y < code->width; y++)
        put_row(&buf, code, y);
    hg_buf_z(&buf, "\"/></svg>");
    return hg_buf_finish(&buf, out, err);
}
