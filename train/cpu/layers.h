// The layers that work row by row, and the optimiser.

FUNC void rmsnorm(float *out, float *inv, const float *x, const float *w, int64_t rows, int64_t width, float eps) {
	for (int64_t r = 0; r < rows; r++, x += width, out += width) {
		float scale = 1.0f / sqrtf(dot(x, x, width) / (float)width + eps);
		inv[r] = scale;
		for (int64_t i = 0; i < width; i++) out[i] = x[i] * scale * w[i];
	}
}

// rmsnorm_backward adds to dx and to dw. With n = x*inv: dx = inv * (w*dout - n * mean(n*w*dout)), dw = sum of n*dout.
FUNC void rmsnorm_backward(float *dx, float *dw, const float *dout, const float *x, const float *w, const float *inv, int64_t rows, int64_t width) {
	for (int64_t r = 0; r < rows; r++, x += width, dout += width, dx += width) {
		vf sum = {0};
		int64_t i = 0;
		for (; i + VW <= width; i += VW) sum += load(x + i) * load(w + i) * load(dout + i);
		float total = hsum(sum);
		for (; i < width; i++) total += x[i] * w[i] * dout[i];
		float scale = inv[r];
		float mean = total * scale * scale / (float)width;
		for (i = 0; i < width; i++) {
			dx[i] += scale * (w[i] * dout[i] - x[i] * mean);
			dw[i] += x[i] * scale * dout[i];
		}
	}
}

INLINE vf swiglu_v(vf gate, vf up) { return gate * up / (1.0f + exp_v(-gate)); }

// A row of gate_up is `hidden` gates, then `hidden` ups.
FUNC void swiglu(float *out, const float *gate_up, int64_t rows, int64_t hidden) {
	for (int64_t r = 0; r < rows; r++, out += hidden, gate_up += 2 * hidden) {
		const float *gate = gate_up, *up = gate_up + hidden;
		int64_t i = 0;
		for (; i + VW <= hidden; i += VW) store(out + i, swiglu_v(load(gate + i), load(up + i)));
		int64_t n = hidden - i;
		if (n > 0) store_some(out + i, swiglu_v(load_some(gate + i, n), load_some(up + i, n)), n);
	}
}

FUNC void swiglu_backward(float *dgate_up, const float *dout, const float *gate_up, int64_t rows, int64_t hidden) {
	for (int64_t r = 0; r < rows; r++, dout += hidden, gate_up += 2 * hidden, dgate_up += 2 * hidden)
		for (int64_t i = 0; i < hidden; i += VW) {
			int64_t n = hidden - i < VW ? hidden - i : VW;
			vf gate, up, d;
			if (n == VW) {
				gate = load(gate_up + i), up = load(gate_up + hidden + i), d = load(dout + i);
			} else {
				gate = load_some(gate_up + i, n), up = load_some(gate_up + hidden + i, n), d = load_some(dout + i, n);
			}
			vf s = 1.0f / (1.0f + exp_v(-gate));
			vf dgate = d * up * s * (1.0f + gate * (1.0f - s)), dup = d * gate * s;
			if (n == VW) {
				store(dgate_up + i, dgate), store(dgate_up + hidden + i, dup);
			} else {
				store_some(dgate_up + i, dgate, n), store_some(dgate_up + hidden + i, dup, n);
			}
		}
}

INLINE float row_max(const float *x, int64_t n) {
	int64_t i = 0;
	float best = x[0];
	if (n >= VW) {
		vf m = load(x);
		for (i = VW; i + VW <= n; i += VW) {
			vf v = load(x + i);
			m = blend(v > m, v, m);
		}
		best = hmax(m);
	}
	for (; i < n; i++) best = x[i] > best ? x[i] : best;
	return best;
}

// exp_row writes scale*e^(x*slope - shift) over a row and returns the sum.
INLINE float exp_row(float *x, int64_t n, float slope, float shift, float scale) {
	vf sum = {0};
	int64_t i = 0;
	for (; i + VW <= n; i += VW) {
		vf e = exp_v(load(x + i) * slope - shift) * scale;
		store(x + i, e);
		sum += e;
	}
	float total = hsum(sum);
	if (i < n) {
		float t[VW];
		store(t, exp_v(load_some(x + i, n - i) * slope - shift) * scale);
		for (int64_t j = 0; i < n; i++, j++) {
			x[i] = t[j];
			total += t[j];
		}
	}
	return total;
}

// cross_entropy writes -log softmax(logits)[target] for every row and, if asked, puts
// scale * (softmax - onehot(target)) in place of the logits.
FUNC void cross_entropy(float *losses, float *logits, const uint32_t *targets, int64_t rows, int64_t vocab, float scale, int gradient) {
	for (int64_t r = 0; r < rows; r++, logits += vocab) {
		float shift = row_max(logits, vocab);
		float chosen = logits[targets[r]];
		float sum = exp_row(logits, vocab, 1.0f, shift, 1.0f);
		losses[r] = logf(sum) + (shift - chosen);
		if (!gradient) continue;
		float k = scale / sum;
		for (int64_t i = 0; i < vocab; i++) logits[i] *= k;
		logits[targets[r]] -= scale;
	}
}

// adamw: Loshchilov and Hutter, Decoupled Weight Decay Regularization, algorithm 2. The corrections are 1/(1-beta^t).
FUNC void adamw(float *w, const float *g, float *m, float *v, int64_t n, const struct adamw *o) {
	for (int64_t i = 0; i < n; i += VW) {
		int64_t count = n - i < VW ? n - i : VW;
		int full = count == VW;
		vf wi = full ? load(w + i) : load_some(w + i, count);
		vf gi = (full ? load(g + i) : load_some(g + i, count)) * o->grad_scale;
		vf mi = full ? load(m + i) : load_some(m + i, count);
		vf vi_ = full ? load(v + i) : load_some(v + i, count);
		mi = o->beta1 * mi + (1.0f - o->beta1) * gi;
		vi_ = o->beta2 * vi_ + (1.0f - o->beta2) * gi * gi;
		vf step = mi * o->correction1 / (VSQRT(vi_ * o->correction2) + o->epsilon);
		wi -= o->rate * (step + o->decay * wi);
		if (full) {
			store(w + i, wi), store(m + i, mi), store(v + i, vi_);
		} else {
			store_some(w + i, wi, count), store_some(m + i, mi, count), store_some(v + i, vi_, count);
		}
	}
}
