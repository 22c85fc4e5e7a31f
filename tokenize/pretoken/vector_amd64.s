#include "go_asm.h"
#include "textflag.h"

// Bytes to compare with, four times each so that VPBROADCASTD loads them.
DATA bytes<>+0x00(SB)/4, $0x41414141 // 'A'
DATA bytes<>+0x04(SB)/4, $0x61616161 // 'a'
DATA bytes<>+0x08(SB)/4, $0x30303030 // '0'
DATA bytes<>+0x0c(SB)/4, $0x09090909 // tab, the first of five white-space characters in a row
DATA bytes<>+0x10(SB)/4, $0x20202020 // blank
DATA bytes<>+0x14(SB)/4, $0x0a0a0a0a // line feed
DATA bytes<>+0x18(SB)/4, $0x0d0d0d0d // carriage return
DATA bytes<>+0x1c(SB)/4, $0x27272727 // apostrophe
DATA bytes<>+0x20(SB)/4, $0x2f2f2f2f // slash
DATA bytes<>+0x24(SB)/4, $0x19191919 // 25: letters less one
DATA bytes<>+0x28(SB)/4, $0x09090909 // 9: digits less one
DATA bytes<>+0x2c(SB)/4, $0x04040404 // 4: white-space characters in a row less one
DATA bytes<>+0x30(SB)/4, $0x01010101 // letter
DATA bytes<>+0x34(SB)/4, $0x02020202 // number
DATA bytes<>+0x38(SB)/4, $0x04040404 // space
DATA bytes<>+0x3c(SB)/4, $0x10101010 // upper
DATA bytes<>+0x40(SB)/4, $0x20202020 // lower
DATA bytes<>+0x44(SB)/4, $0xc2c2c2c2 // first byte of two
DATA bytes<>+0x48(SB)/4, $0x1d1d1d1d // first bytes of two less one
DATA bytes<>+0x4c(SB)/4, $0xe0e0e0e0 // first byte of three
DATA bytes<>+0x50(SB)/4, $0x0f0f0f0f // first bytes of three less one, and their payload
DATA bytes<>+0x54(SB)/4, $0xedededed // first byte of surrogates
DATA bytes<>+0x58(SB)/4, $0xa0a0a0a0 // second byte: from it on behind 0xe0, below it behind 0xed
DATA bytes<>+0x5c(SB)/4, $0xc0c0c0c0 // below it, as a signed byte: the inner bytes
DATA bytes<>+0x60(SB)/4, $0x3f3f3f3f // payload of an inner byte
DATA bytes<>+0x64(SB)/4, $0x1f1f1f1f // payload of a first byte of two
DATA bytes<>+0x68(SB)/4, $0x00000003 // the place of a byte in four
DATA bytes<>+0x6c(SB)/4, $0xf0f0f0f0 // first byte of four
GLOBL bytes<>(SB), RODATA|NOPTR, $0x70

DATA count<>+0x00(SB)/8, $0x0706050403020100
DATA count<>+0x08(SB)/8, $0x0f0e0d0c0b0a0908
DATA count<>+0x10(SB)/8, $0x1716151413121110
DATA count<>+0x18(SB)/8, $0x1f1e1d1c1b1a1918
DATA count<>+0x20(SB)/8, $0x2726252423222120
DATA count<>+0x28(SB)/8, $0x2f2e2d2c2b2a2928
DATA count<>+0x30(SB)/8, $0x3736353433323130
DATA count<>+0x38(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL count<>(SB), RODATA|NOPTR, $0x40

// RANGE512 sets K to the bytes of Z0 from first on, at most count further.
#define RANGE512(first, count, K) \
	VPBROADCASTD bytes<>+first(SB), Z1 \
	VPBROADCASTD bytes<>+count(SB), Z2 \
	VPSUBB       Z1, Z0, Z1            \
	VPCMPUB      $2, Z2, Z1, K

// EQUAL512 sets K to the bytes of Z0 that equal value.
#define EQUAL512(value, K) \
	VPBROADCASTD bytes<>+value(SB), Z1 \
	VPCMPEQB     Z1, Z0, K

// func classify512(w *window, block *[blockSize]byte)
TEXT ·classify512(SB), NOSPLIT, $0-16
	MOVQ      w+0(FP), DI
	MOVQ      block+8(FP), SI
	VMOVDQU64 (SI), Z0

	RANGE512(0x00, 0x24, K1)
	RANGE512(0x04, 0x24, K2)
	KORQ  K1, K2, K3
	KMOVQ K1, window_upper(DI)
	KMOVQ K2, window_lower(DI)
	KMOVQ K3, window_letter(DI)

	RANGE512(0x08, 0x28, K1)
	KMOVQ K1, window_number(DI)

	RANGE512(0x0c, 0x2c, K1)
	EQUAL512(0x10, K2)
	KORQ  K1, K2, K1
	KMOVQ K1, window_space(DI)
	KMOVQ K2, window_blank(DI)

	EQUAL512(0x14, K1)
	EQUAL512(0x18, K2)
	KORQ  K1, K2, K1
	KMOVQ K1, window_newline(DI)

	EQUAL512(0x1c, K1)
	EQUAL512(0x20, K2)
	VPMOVB2M Z0, K3
	KMOVQ K1, window_quote(DI)
	KMOVQ K2, window_slash(DI)
	KMOVQ K3, window_high(DI)
	VPBROADCASTD bytes<>+0x6c(SB), Z1
	VPCMPUB $5, Z1, Z0, K1
	KMOVQ K1, window_long(DI)

	XORL AX, AX
	MOVQ AX, window_inner(DI)
	VZEROUPPER
	RET

// FOLD512 adds the bytes of Z0 that have a bit to a mask.
#define FOLD512(bit, mask) \
	VPBROADCASTD bytes<>+bit(SB), Z1 \
	VPTESTMB     Z1, Z0, K1          \
	KMOVQ        K1, AX              \
	ORQ          AX, mask(DI)

// GATHER512 looks up 16 characters, whose bits are spread over the bytes of X3, X4 and X5, and leaves their
// classes in X6.
#define GATHER512 \
	VPMOVZXBD  X3, Z6                  \
	VPMOVZXBD  X4, Z7                  \
	VPMOVZXBD  X5, Z8                  \
	VPSLLD     $12, Z6, Z6             \
	VPSLLD     $6, Z7, Z7              \
	VPTERNLOGD $0xfe, Z6, Z7, Z8       \
	VPSRLD     $2, Z8, Z7              \
	KXNORW     K1, K1, K1              \
	VPXORD     Z6, Z6, Z6              \
	VPGATHERDD (SI)(Z7*4), K1, Z6      \
	VPANDD.BCST bytes<>+0x68(SB), Z8, Z8 \
	VPSLLD     $3, Z8, Z8              \
	VPSRLVD    Z8, Z6, Z6              \
	VPMOVDB    Z6, X6

// func decode512(w *window, block *[blockSize]byte, table *[1 << 16]class)
//
// Z0, Z1 and Z2 are the bytes, those one behind and those two behind. BX are the first bytes of valid characters of two
// bytes, CX of three. The bits of their code points go to Z3 (from 12 on), Z4 (6 to 11) and Z5 (0 to 5).
TEXT ·decode512(SB), NOSPLIT, $0-24
	MOVQ      w+0(FP), DI
	MOVQ      block+8(FP), DX
	MOVQ      table+16(FP), SI
	VMOVDQU64 (DX), Z0
	VMOVDQU64 1(DX), Z1
	VMOVDQU64 2(DX), Z2

	VPBROADCASTD bytes<>+0x5c(SB), Z3
	VPCMPB       $1, Z3, Z1, K1 // inner bytes one behind
	VPCMPB       $1, Z3, Z2, K2 // and two behind
	KMOVQ        K1, R8
	KMOVQ        K2, R9
	VPBROADCASTD bytes<>+0x44(SB), Z3
	VPBROADCASTD bytes<>+0x48(SB), Z4
	VPSUBB       Z3, Z0, Z3
	VPCMPUB      $2, Z4, Z3, K1
	KMOVQ        K1, BX
	VPBROADCASTD bytes<>+0x4c(SB), Z3
	VPBROADCASTD bytes<>+0x50(SB), Z4
	VPCMPEQB     Z3, Z0, K2
	VPSUBB       Z3, Z0, Z3
	VPCMPUB      $2, Z4, Z3, K1
	KMOVQ        K1, CX
	KMOVQ        K2, R10
	VPBROADCASTD bytes<>+0x54(SB), Z3
	VPBROADCASTD bytes<>+0x58(SB), Z4
	VPCMPEQB     Z3, Z0, K1
	VPCMPUB      $1, Z4, Z1, K2
	KMOVQ        K1, R11
	KMOVQ        K2, R12
	ANDQ         R8, BX
	ANDQ         R8, CX
	ANDQ         R9, CX
	ANDQ         R12, R10       // too long
	ANDNQ        R11, R12, R11  // surrogates
	ORQ          R11, R10
	ANDNQ        CX, R10, CX
	KMOVQ        CX, K3
	ORQ          CX, BX
	KMOVQ        BX, K2

	VPBROADCASTD bytes<>+0x60(SB), Z6
	VPANDD       Z6, Z1, Z5
	VPANDD       Z6, Z2, Z2
	VPBROADCASTD bytes<>+0x64(SB), Z6
	VPANDD       Z6, Z0, Z4
	VMOVDQU8     Z5, K3, Z4
	VMOVDQU8     Z2, K3, Z5
	VPBROADCASTD bytes<>+0x50(SB), Z6
	VPANDD       Z6, Z0, Z3
	VMOVDQU8.Z   Z3, K3, Z3
	VPCOMPRESSB.Z Z3, K2, Z3
	VPCOMPRESSB.Z Z4, K2, Z4
	VPCOMPRESSB.Z Z5, K2, Z5

	GATHER512
	VMOVDQA      X6, X0
	POPCNTQ      BX, AX
	CMPQ         AX, $16
	JLE          expand
	VEXTRACTI128 $1, Y3, X3
	VEXTRACTI128 $1, Y4, X4
	VEXTRACTI128 $1, Y5, X5
	GATHER512
	VINSERTI128  $1, X6, Y0, Y0

expand:
	VPEXPANDB.Z Z0, K2, Z0

	// Inner bytes get the classes of the first.
	LEAQ      (BX)(BX*1), R8
	LEAQ      (CX*4), R9
	KMOVQ     R8, K1
	KMOVQ     R9, K2
	ORQ       R9, R8
	MOVQ      R8, window_inner(DI)
	VMOVDQU64 count<>(SB), Z1
	VPCMPEQB  Y2, Y2, Y2
	VINSERTI64X4 $1, Y2, Z2, Z2
	VPADDB    Z2, Z1, Z1
	VPADDB    Z2, Z1, Z2
	VPERMB.Z  Z0, Z1, K1, Z3
	VPERMB.Z  Z0, Z2, K2, Z4
	VPTERNLOGD $0xfe, Z3, Z4, Z0

	FOLD512(0x30, window_letter)
	FOLD512(0x34, window_number)
	FOLD512(0x38, window_space)
	FOLD512(0x3c, window_upper)
	FOLD512(0x40, window_lower)
	VZEROUPPER
	RET

// func emit512(ends *[windowSize]uint32, starts uint64, base uint32)
TEXT ·emit512(SB), NOSPLIT, $0-20
	MOVQ          ends+0(FP), DI
	MOVQ          starts+8(FP), AX
	MOVL          base+16(FP), BX
	VPBROADCASTD  BX, Z2
	KMOVQ         AX, K1
	VMOVDQU64     count<>(SB), Z0
	VPCOMPRESSB.Z Z0, K1, Z0
	POPCNTQ       AX, AX
	VPMOVZXBD     X0, Z1
	VPADDD        Z2, Z1, Z1
	VMOVDQU32     Z1, (DI)
	CMPQ          AX, $16
	JLE           done
	VEXTRACTI128  $1, Y0, X1
	VPMOVZXBD     X1, Z1
	VPADDD        Z2, Z1, Z1
	VMOVDQU32     Z1, 64(DI)
	CMPQ          AX, $32
	JLE           done
	VEXTRACTI64X4 $1, Z0, Y0
	VPMOVZXBD     X0, Z1
	VPADDD        Z2, Z1, Z1
	VMOVDQU32     Z1, 128(DI)
	VEXTRACTI128  $1, Y0, X1
	VPMOVZXBD     X1, Z1
	VPADDD        Z2, Z1, Z1
	VMOVDQU32     Z1, 192(DI)

done:
	VZEROUPPER
	RET

// JOIN256 stores the signs of the bytes of Y2 and Y3 as one mask.
#define JOIN256(mask) \
	VPMOVMSKB Y2, AX \
	VPMOVMSKB Y3, BX \
	SHLQ      $32, BX \
	ORQ       BX, AX \
	MOVQ      AX, mask(DI)

// RANGE256 sets the bytes of Y2 and Y3 where those of Y0 and Y1 are from first on, at most count further.
#define RANGE256(first, count) \
	VPBROADCASTD bytes<>+first(SB), Y4 \
	VPBROADCASTD bytes<>+count(SB), Y5 \
	VPSUBB       Y4, Y0, Y2            \
	VPSUBB       Y4, Y1, Y3            \
	VPMINUB      Y5, Y2, Y6            \
	VPMINUB      Y5, Y3, Y7            \
	VPCMPEQB     Y6, Y2, Y2            \
	VPCMPEQB     Y7, Y3, Y3

// EQUAL256 sets the bytes of Y2 and Y3 where those of Y0 and Y1 equal value.
#define EQUAL256(value) \
	VPBROADCASTD bytes<>+value(SB), Y4 \
	VPCMPEQB     Y4, Y0, Y2            \
	VPCMPEQB     Y4, Y1, Y3

// func classify256(w *window, block *[blockSize]byte)
TEXT ·classify256(SB), NOSPLIT, $0-16
	MOVQ    w+0(FP), DI
	MOVQ    block+8(FP), SI
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1

	RANGE256(0x00, 0x24)
	JOIN256(window_upper)
	MOVQ AX, DX
	RANGE256(0x04, 0x24)
	JOIN256(window_lower)
	ORQ  AX, DX
	MOVQ DX, window_letter(DI)
	RANGE256(0x08, 0x28)
	JOIN256(window_number)

	RANGE256(0x0c, 0x2c)
	JOIN256(window_space)
	MOVQ AX, DX
	EQUAL256(0x10)
	JOIN256(window_blank)
	ORQ  AX, DX
	MOVQ DX, window_space(DI)

	EQUAL256(0x14)
	JOIN256(window_newline)
	MOVQ AX, DX
	EQUAL256(0x18)
	JOIN256(window_newline)
	ORQ  AX, DX
	MOVQ DX, window_newline(DI)

	EQUAL256(0x1c)
	JOIN256(window_quote)
	EQUAL256(0x20)
	JOIN256(window_slash)
	VMOVDQA Y0, Y2
	VMOVDQA Y1, Y3
	JOIN256(window_high)

	XORL AX, AX
	MOVQ AX, window_inner(DI)
	VZEROUPPER
	RET

// FOLD256 adds the bytes of Y0 and Y1 whose bit is shift below the sign to a mask.
#define FOLD256(shift, mask) \
	VPSLLW    $shift, Y0, Y2 \
	VPSLLW    $shift, Y1, Y3 \
	VPMOVMSKB Y2, AX         \
	VPMOVMSKB Y3, BX         \
	SHLQ      $32, BX        \
	ORQ       BX, AX         \
	ORQ       AX, mask(DI)

// func foldWide256(w *window)
TEXT ·foldWide256(SB), NOSPLIT, $0-8
	MOVQ    w+0(FP), DI
	VMOVDQU window_wide(DI), Y0
	VMOVDQU window_wide+32(DI), Y1
	FOLD256(7, window_letter)
	FOLD256(6, window_number)
	FOLD256(5, window_space)
	FOLD256(3, window_upper)
	FOLD256(2, window_lower)
	FOLD256(0, window_inner)
	VZEROUPPER
	RET
