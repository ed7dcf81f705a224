-- Contrast of a colour (#rrggbb) with white, as WCAG 2.2 computes it; 0 for any other text.
CREATE FUNCTION symposium_contrast_with_white(colour text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN colour ~ '^#[0-9a-f]{6}$' THEN 1.05 / (0.05 + (
    SELECT sum(share * CASE
        WHEN part <= 0.04045 THEN part / 12.92
        ELSE power((part + 0.055) / 1.055, 2.4)
    END)
    FROM (VALUES
        (0.2126, get_byte(decode(substr(colour, 2), 'hex'), 0) / 255.0::double precision),
        (0.7152, get_byte(decode(substr(colour, 2), 'hex'), 1) / 255.0::double precision),
        (0.0722, get_byte(decode(substr(colour, 2), 'hex'), 2) / 255.0::double precision)
    ) AS channel (share, part)
)) ELSE 0 END;
