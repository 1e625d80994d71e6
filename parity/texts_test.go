package parity

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// manyTexts fills more chunks than are kept open, with long texts among them.
func manyTexts(t *testing.T) (*texts, []string) {
	t.Helper()
	x := newTexts()
	want := []string{""}
	for i := 0; len(x.chunks) < 3*(openChunks+len(x.lately.ring)); i++ {
		text := fmt.Sprintf("arn:aws:ec2:eu-west-1:123456789012:instance/i-%017x", i)
		switch {
		case i%5000 == 7:
			text = strings.Repeat(text, 2*chunkSize/len(text))
		case i%1000 == 3:
			text = strings.Repeat("x", i/1000+1)
		}
		require.Equal(t, uint32(len(want)), x.ofString(text))
		require.Equal(t, uint32(len(want)), x.of([]byte(text)), "a text is numbered once")
		want = append(want, text)
	}
	return x, want
}

// What is compressed is had back, whole, by several readers at once.
func TestTexts(t *testing.T) {
	x, want := manyTexts(t)
	x.pack()
	packed := 0
	for _, c := range x.chunks {
		if c.packed != nil {
			packed++
			assert.Less(t, len(c.packed), chunkSize/2)
			assert.Nil(t, c.text.Load())
		}
	}
	require.Greater(t, packed, len(x.lately.ring))
	var readers sync.WaitGroup
	for from := range 4 {
		readers.Go(func() {
			for i := from; i < len(want); i++ {
				if got := x.at(uint32(i)); got != want[i] || x.size(uint32(i)) != len(got) {
					t.Errorf("%d is %q, not %q", i, got, want[i])
					return
				}
			}
		})
	}
	readers.Wait()
	open := 0
	for _, c := range x.chunks {
		if c.packed != nil && c.text.Load() != nil {
			open++
		}
	}
	assert.LessOrEqual(t, open, len(x.lately.ring), "what was asked for long ago is let go")
	for i, text := range want {
		id, ok := x.number(text)
		require.True(t, ok)
		require.Equal(t, uint32(i), id)
	}
	_, ok := x.number("another")
	assert.False(t, ok)
}

// A search looks at the texts of those chunks only that may hold what is looked for.
func TestTextsAreSearched(t *testing.T) {
	x, want := manyTexts(t)
	x.pack()
	x.ofString("needle") // in a chunk that is still filled
	found, looked := []string{}, 0
	x.search(func(chunk []byte) bool {
		return strings.Contains(string(chunk), "i-00000000000000abc") || strings.Contains(string(chunk), "needle")
	},
		func(id uint32, text string) {
			looked++
			if strings.HasSuffix(text, "abc") || text == "needle" {
				found = append(found, text)
			}
		})
	assert.Equal(t, []string{want[0xabc+1], "needle"}, found)
	assert.Less(t, looked, len(want)/10)
}

// What is added to a copy is not in what it was copied from, nor the other way round.
func TestTextsAreCopied(t *testing.T) {
	x, want := manyTexts(t)
	c := x.clone()
	x.pack()
	c.pack() // chunks that both have are packed once
	for _, add := range []*texts{x, c} {
		require.Equal(t, uint32(len(want)), add.ofString(fmt.Sprintf("%p", add)))
	}
	for i, text := range want {
		require.Equal(t, text, x.at(uint32(i)))
		require.Equal(t, text, c.at(uint32(i)))
	}
	assert.Equal(t, []string{fmt.Sprintf("%p", x), fmt.Sprintf("%p", c)}, []string{x.at(uint32(len(want))), c.at(uint32(len(want)))})
	_, ok := c.number(fmt.Sprintf("%p", x))
	assert.False(t, ok)
}

// Attributes are the value that they were made of, whatever it is.
func TestAttributesOf(t *testing.T) {
	object := ObjectOf([]string{"a"}, []Value{Text("b")})
	document := markDocument(object)
	for _, v := range []Value{{}, object, document, NewPacker().Pack(object), {Kind: Unknown}, {Kind: Secret, Text: "digest"}, Text("x"), ListOf([]Value{Text("y")})} {
		assert.Equal(t, v, AttributesOf(v).Value())
		assert.Equal(t, v.Get("a"), AttributesOf(v).Get("a"))
		assert.Equal(t, v.Keys(), AttributesOf(v).Keys())
	}
}
