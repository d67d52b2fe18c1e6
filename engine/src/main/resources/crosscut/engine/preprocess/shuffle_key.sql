-- Fifth power modulo the prime 2^31 - 1: a permutation of 0 ... 2^31 - 2, because 5 does not divide 2^31 - 2, in integers that every engine has.
((${index}) * (${index}) % 2147483647) * ((${index}) * (${index}) % 2147483647) % 2147483647 * (${index}) % 2147483647
