package main

import "io"

// pieces keeps what is written until its turn to be printed. Unlike a
// bytes.Buffer it never copies what it has: the results of a large topology are
// hundreds of megabytes.
type pieces struct{ list [][]byte }

// A piece is twice as large as the one before, up to the largest.
const (
	smallestPiece = 1 << 9
	largestPiece  = 1 << 16
)

func (p *pieces) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		last := len(p.list) - 1
		if last < 0 || len(p.list[last]) == cap(p.list[last]) {
			size := min(smallestPiece<<min(len(p.list), 8), largestPiece)
			p.list = append(p.list, make([]byte, 0, max(size, len(b))))
			last++
		}
		to := p.list[last]
		k := min(len(b), cap(to)-len(to))
		p.list[last] = append(to, b[:k]...)
		b = b[k:]
	}
	return n, nil
}

// WriteTo prints the pieces, and forgets them.
func (p *pieces) WriteTo(w io.Writer) (n int64, err error) {
	for i, b := range p.list {
		k, err := w.Write(b)
		n += int64(k)
		if err != nil {
			return n, err
		}
		p.list[i] = nil
	}
	p.list = nil
	return n, nil
}
