//go:build cgo

package cpu

// #include "calls.h"
import "C"

// queryBlock is QUERY_BLOCK of kernels.h: queries that one job of the attention takes.
const queryBlock = C.QUERY_BLOCK

func (s AttentionShape) c() C.struct_attention {
	return C.struct_attention{C.int64_t(s.Batch), C.int64_t(s.Queries), C.int64_t(s.Keys), C.int64_t(s.Heads), C.int64_t(s.KVHeads),
		C.int64_t(s.HeadDim), C.int64_t(s.QStride), C.int64_t(s.KVStride), C.int64_t(s.width())}
}

// spans are the floats that queries and keys reach over, strides included.
func (s AttentionShape) spans() (queries, keys int) {
	return (s.Batch*s.Queries-1)*s.QStride + s.width(), (s.Batch*s.Keys-1)*s.KVStride + s.KVHeads*s.HeadDim
}

// Attention: see Reference.
func (k *Kernels) Attention(out, lse, q, key, value []float32, s AttentionShape) {
	if s.Batch*s.Queries == 0 {
		return
	}
	k.reserve(2 * queryBlock * (s.Keys + 16))
	queries, keys := s.spans()
	shape := s.c()
	jobs := s.Batch * s.Heads * ceilDiv(s.Queries, queryBlock)
	o, l := in(out, s.Batch*s.Queries*s.width()), in(lse, s.Batch*s.Heads*s.Queries)
	qp, kp, vp := in(q, queries), in(key, keys), in(value, keys)
	parallel(k.threads, jobs, func(worker, job int) {
		C.corpus_attention(k.table, o, l, qp, kp, vp, shape, C.int64_t(job), (*C.float)(&k.scratch[worker][0]))
	})
}

// AttentionBackward: see Reference.
func (k *Kernels) AttentionBackward(dq, dkey, dvalue, dout, out, lse, q, key, value []float32, s AttentionShape) {
	if s.Batch*s.Queries == 0 {
		return
	}
	k.reserve(2 * queryBlock * (s.Keys + 16))
	queries, keys := s.spans()
	shape := s.c()
	dqp, dkp, dvp := in(dq, queries), in(dkey, keys), in(dvalue, keys)
	do, o, l := in(dout, s.Batch*s.Queries*s.width()), in(out, s.Batch*s.Queries*s.width()), in(lse, s.Batch*s.Heads*s.Queries)
	qp, kp, vp := in(q, queries), in(key, keys), in(value, keys)
	parallel(k.threads, s.Batch*s.KVHeads, func(worker, job int) {
		C.corpus_attention_backward(k.table, dqp, dkp, dvp, do, o, l, qp, kp, vp, shape, C.int64_t(job), (*C.float)(&k.scratch[worker][0]))
	})
}
