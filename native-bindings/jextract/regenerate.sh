#!/bin/sh
# Prints crosscut.bindings.generated anew from the C headers, into src/main/java or the folder named:
#
#   CUDA=/usr/local/cuda/include NCCL=/usr/include native-bindings/jextract/regenerate.sh [FOLDER]
#
# Needs jextract (https://github.com/openjdk/jextract) and a JDK 25 on the PATH. The *.args files list the symbols.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
output=${1:-$here/../src/main/java}
: "${CUDA:?names the folder of cuda.h and cublasLt.h}" "${NCCL:?names the folder of nccl.h}"
command -v jextract >/dev/null || { echo "regenerate.sh: no jextract on the PATH" >&2; exit 1; }

rm -rf "$output/crosscut/bindings/generated"
jextract --output "$output" -t crosscut.bindings.generated.cuda --header-class-name Cuda -I "$CUDA" "@$here/cuda.args" "$CUDA/cuda.h"
jextract --output "$output" -t crosscut.bindings.generated.nccl --header-class-name Nccl -I "$CUDA" -I "$NCCL" "@$here/nccl.args" "$NCCL/nccl.h"
jextract --output "$output" -t crosscut.bindings.generated.cublaslt --header-class-name CublasLt -I "$CUDA" "@$here/cublaslt.args" "$CUDA/cublasLt.h"
java "$here/Injectable.java" "$output/crosscut/bindings/generated"
