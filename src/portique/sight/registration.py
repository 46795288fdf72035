"""Lay one picture of a code exactly over another, or find that they show different codes."""

import cv2
import numpy as np

from portique.sight.shapes import Layer, Matrix

ALIGNED_SIDE_PX = 160  # a code of version 15 keeps 1.7 pixels a module: enough to align by
ITERATIONS_MAX = 8
PRECISION = 1e-3
SMOOTHING_PX = 1  # of the aligner: the texture is smooth already
FINE_SIGMA_PX, COARSE_SIGMA_PX = 1.0, 4.0  # between them lies the texture of the modules
SAME_MIN = 0.6  # correlation of textures: two draws of a phone give 0.1 to 0.2, one code over 0.9
CARD_SHARE = 0.18  # cut from each side before comparing: card edges are alike whatever the code


def register(reference: Layer, layer: Layer) -> Matrix | None:
    """Find how to lay a picture over a reference of the same shape.

    Returns:
        The map from points of the reference to points of the picture, or None when the two don't
        show the same code (a phone was redrawn, another card came) or can't be aligned.
    """
    small_reference, small = _texture(_reduced(reference)), _texture(_reduced(layer))
    (right, down), _ = cv2.phaseCorrelate(small_reference, small)
    start = np.array([[1, 0, right], [0, 1, down], [0, 0, 1]], dtype=np.float32)
    whole = np.full(small.shape, 255, dtype=np.uint8)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, ITERATIONS_MAX, PRECISION)
    try:
        _, aligned = cv2.findTransformECC(
            small_reference, small, start, cv2.MOTION_HOMOGRAPHY, criteria, whole, SMOOTHING_PX
        )
    except cv2.error:  # it does not converge: these are not two views of one code
        return None
    warp = np.asarray(aligned, dtype=np.float64)
    if not _same_texture(small_reference, _warped(small, warp)):
        return None
    across = reference.shape[1] / small_reference.shape[1]
    down = reference.shape[0] / small_reference.shape[0]
    up = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1.0]])
    matrix: Matrix = up @ warp @ np.linalg.inv(up)
    return matrix


def laid_over(layer: Layer, matrix: Matrix) -> Layer:
    """Return the picture seen in the reference's frame."""
    return _warped(layer, matrix)


def _warped(layer: Layer, matrix: Matrix) -> Layer:
    warped = cv2.warpPerspective(
        layer,
        matrix,
        (layer.shape[1], layer.shape[0]),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(warped, dtype=np.float32)


def _reduced(layer: Layer) -> Layer:
    factor = min(0.5, ALIGNED_SIDE_PX / max(layer.shape))
    size = (round(layer.shape[1] * factor), round(layer.shape[0] * factor))
    return np.asarray(cv2.resize(layer, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _texture(layer: Layer) -> Layer:
    fine = cv2.GaussianBlur(layer, (0, 0), FINE_SIGMA_PX)
    return np.asarray(fine - cv2.GaussianBlur(layer, (0, 0), COARSE_SIGMA_PX), dtype=np.float32)


def _same_texture(reference: Layer, layer: Layer) -> bool:
    """Tell whether two aligned pictures carry the same modules."""
    height, width = reference.shape
    rows = slice(int(CARD_SHARE * height), int((1 - CARD_SHARE) * height))
    columns = slice(int(CARD_SHARE * width), int((1 - CARD_SHARE) * width))
    a, b = reference[rows, columns].ravel(), layer[rows, columns].ravel()
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return scale > 0 and float(a @ b) / scale >= SAME_MIN
