package tokenize

import (
	"context"
	"strings"
	"testing"
)

func BenchmarkScan(b *testing.B) {
	for _, c := range []struct{ name, text string }{{"english", sampleText(1, 1<<20)}, {"multilingual", strings.Repeat(multilingual, 1<<10)}} {
		for _, p := range patterns {
			b.Run(c.name+"/"+p.Name, func(b *testing.B) {
				b.SetBytes(int64(len(c.text)))
				for b.Loop() {
					for i := 0; i < len(c.text); {
						i = p.next(c.text, i)
					}
				}
			})
		}
	}
}

// multilingual is one sentence in several scripts.
const multilingual = `Die Straße führt über die alte Brücke zum Bahnhof. Дорога ведёт через старый мост к вокзалу.
Ο δρόμος οδηγεί από την παλιά γέφυρα στον σταθμό. הדרך מובילה על הגשר הישן לתחנה. الطريق يؤدي عبر الجسر القديم إلى المحطة.
सड़क पुराने पुल से होकर स्टेशन तक जाती है। ถนนนำข้ามสะพานเก่าไปยังสถานี 这条路经过旧桥通往车站。道は古い橋を渡って駅へ続く。길은 오래된 다리를 건너 역으로 이어진다.
Đường dẫn qua cây cầu cũ đến nhà ga. გზა ძველი ხიდით სადგურამდე მიდის։ 12 345, 2026…
`

func BenchmarkCount(b *testing.B) {
	text := sampleText(1, 1<<20)
	counter, err := NewCounter("cl100k", b.TempDir(), 1<<30)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := counter.Add(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTrain counts and merges; the bytes are those of the text.
func BenchmarkTrain(b *testing.B) {
	text := sampleText(1, 8<<20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		counter, err := NewCounter("cl100k", b.TempDir(), 1<<30)
		if err != nil {
			b.Fatal(err)
		}
		if err := counter.Add(text); err != nil {
			b.Fatal(err)
		}
		if _, err := Train(context.Background(), counter.Words(context.Background()), DefaultTrainOptions(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
