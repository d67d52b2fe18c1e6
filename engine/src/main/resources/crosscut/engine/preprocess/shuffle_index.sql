-- An affine map of the row number, modulo the prime 2^31 - 1; its constants come from the seed.
((row_number % 2147483647) * ${multiplier} + ${increment}) % 2147483647
