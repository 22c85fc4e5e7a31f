package main

import "strings"

// codeRows are pieces of code and of formulas with names of one letter, which comments on talk pages have for words of abuse. They were
// written for this project.
func codeRows() (rows []row) {
	for piece := range strings.SplitSeq(codeTable, "\n\n") {
		rows = append(rows, row{text: strings.TrimSpace(piece), weight: 1})
	}
	return rows
}

const codeTable = `
def f(u, v): return f(u) + f(v) if u else v

u, v, w = a[0], a[1], a[2]
print(u, v, w)

int f(int u) { return u * u; }

double *u = malloc(n * sizeof *u); f = fopen(path, "rb"); if (!f) return u[0];

let f = |u| u + 1; let g = f(f(2)); assert_eq!(f(u), g);

impl<T, U> From<U> for T where U: Into<T> { fn from(u: U) -> T { u.into() } }

struct S<T, U> { t: T, u: U } impl<T: Copy, U> S<T, U> { fn get(&self) -> &U { &self.u } }

template <typename T, typename U> auto add(T t, U u) -> decltype(t + u) { return t + u; }

std::pair<T, U> p(t, u); std::map<K, U> m; using F = U (*)(T); F f = &g<U>;

f(x) = u(x) v(x), so f'(x) = u'(x) v(x) + u(x) v'(x).

Let f be a function on U, an open set, and let u be in U. Then f(u) = 0 for all u in U.

The solution u of the equation u_t = u_xx + f(u) with u(0) = f.

The boundary U of the set, and S, T and U with their maps f: S -> T, g: T -> U.

with open(name) as f: f.write(u"text"); f.close()

f"{x}", f'{y!r}', rf"{z}\d", u"abc", b"def", f"""{x + y}"""

u'\u00e9', U'\U0001F600', u8"text", U+0041, U+FEFF, %u, %f, %5.2f

printf("%u %f %s\n", u, f, s); scanf("%u", &u);

0x1F, 0xFFu, 1.0f, 2.5f, 3U, 4u, 5ul, 0.5f * f

class A { A() { f(); } ~A() { g(); } }; class B : A { }; class C : B { };

uint8_t u8, u16, u32, u64; float f32, f64; i8, i16, f(u8), f(u16)

map f (x:xs) = f x : map f xs

fold f z (x:xs) = f x (fold f z xs)

(define (f u) (if (null? u) 0 (+ 1 (f (cdr u)))))

func f(u *U) error { if u == nil { return errU } return f(u.next) }

type F func(u U) (f F); var f F; var u U; f = u.f; u.f(f)

for f in *.c; do cc -c $f -o $f.o; done; ls -l | grep -f u

git diff -U 3; date -u; sort -u f; test -f "$f" && rm -f "$f"; tar -x -f u.tar

A B C D E F G H I J K L M N O P Q R S T U V W X Y Z

a b c d e f g h i j k l m n o p q r s t u v w x y z

| F | G | H | J | U | V | W | y | u |

if f(u) > f(v): u, v = v, u

assert f(u) == u; assert f(f(u)) == f(u)

lambda f: lambda u: f(f(u))

const f = u => u + 1; let u = f(1); (function (f, u) { return f(u); })(f, u);

SELECT u.id, f.name FROM users u JOIN files f ON f.u = u.id WHERE u.f IS NULL;

dir, subdir, bindir, datadir, tmpdir: dir(obj), mkdir dir, cd $dir/dir

Created A, copied B, destroyed C, destroyed D, deleted U, called f.

union U { int i; float f; }; union U u; u.f = 1; u.i = 2; f(&u);
`
