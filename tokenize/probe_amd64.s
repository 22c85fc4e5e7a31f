#include "go_asm.h"
#include "textflag.h"

// probeAhead makes the key and the place of each word as probes.fill does, and asks for the line of its set. A word of
// more than shortWord bytes gets noKey.
//
// func probeAhead(keys *wordKey, places *uint32, ends *uint32, n int, text *byte, sets *wordSet, start uint32)
TEXT ·probeAhead(SB), NOSPLIT, $0-52
	MOVQ keys+0(FP), DI
	MOVQ places+8(FP), R8
	MOVQ ends+16(FP), SI
	MOVQ n+24(FP), CX
	MOVQ text+32(FP), R9
	MOVQ sets+40(FP), R10
	LEAQ ·keyMasks(SB), R11
	MOVQ $0x9E3779B97F4A7C15, R12
	MOVQ $0xD1B54A32D192ED03, R13
	MOVL start+48(FP), R15                // where the word starts
	TESTQ CX, CX
	JLE  done

loop:
	MOVL (SI), BX                  // where it ends
	MOVL BX, DX
	SUBL R15, DX                   // its length
	CMPL DX, $const_shortWord
	JA   long
	MOVQ (R9)(R15*1), AX
	MOVQ 8(R9)(R15*1), R15
	MOVQ DX, R14
	SHLQ $56, R14
	SHLL $4, DX
	ANDQ (R11)(DX*1), AX
	ANDQ 8(R11)(DX*1), R15
	ORQ  R14, R15
	MOVQ AX, (DI)
	MOVQ R15, 8(DI)
	MOVQ R15, DX
	XORQ R12, AX
	XORQ R13, DX
	MULQ DX
	XORQ DX, AX
	SHRQ $(64-const_cacheBits), AX
	MOVL AX, (R8)
	SHLQ $6, AX                    // the size of a wordSet
	PREFETCHT0 (R10)(AX*1)

next:
	MOVL BX, R15
	ADDQ $16, DI
	ADDQ $4, R8
	ADDQ $4, SI
	DECQ CX
	JNZ  loop

done:
	RET

long:
	MOVQ $-1, AX
	MOVQ AX, (DI)
	MOVQ AX, 8(DI)
	MOVL $0, (R8)
	JMP  next
