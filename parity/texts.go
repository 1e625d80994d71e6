package parity

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/s2"
)

// texts numbers texts, each once. They lie in chunks, which are compressed when
// most of what is to be known of them is known: texts that follow each other have
// most in common. Two texts are one if their digests are: that any two of a million
// texts have the same is less likely than 1 to 10^7.
type texts struct {
	slots   []uint32 // by digest, the number of a text
	tags    []uint8  // of each slot, a part of the digest; 0: it is free
	digests []uint64 // of each text
	ends    []uint16 // of each text, where in its chunk it ends
	heads   []uint32 // of each headEvery-th text, its chunk
	firsts  []uint32 // of each chunk, the number of its first text
	chunks  []*chunk
	room    strings.Builder // of the last chunk, while it is filled
	packed  int             // how many chunks were compressed, or are left as they are
	lately  *lately
	marked  []uint64 // of each text, as a bit, whether it is remarkable
	refer   bool     // one of them, at least, names what is yet to be made
}

// noText is the number of the text "".
const noText = 0

// textSeed makes digests of all texts of this process comparable.
var textSeed = maphash.MakeSeed()

// chunk is the text of several texts, or of a long one.
type chunk struct {
	text   atomic.Pointer[string] // nil while it is filled, and where only packed is kept
	again  atomic.Bool            // it was asked for once more since it was unpacked, or was to go
	packed []byte
	long   bool
}

const (
	chunkSize  = 1 << 15
	openChunks = 16 // those that are never packed: what comes first comes often
	headEvery  = 64
)

func newTexts() *texts {
	t := &texts{slots: make([]uint32, 256), tags: make([]uint8, 256), lately: &lately{}}
	t.of(nil) // noText
	return t
}

// clone returns a copy to which other texts may be added. It shares chunks.
func (t *texts) clone() *texts {
	t.close()
	return &texts{
		slots: slices.Clone(t.slots), tags: slices.Clone(t.tags), digests: slices.Clip(t.digests), ends: slices.Clip(t.ends), heads: slices.Clip(t.heads),
		firsts: slices.Clip(t.firsts), chunks: slices.Clip(t.chunks), packed: t.packed, lately: t.lately, marked: slices.Clone(t.marked), refer: t.refer,
	}
}

// count is how many texts there are.
func (t *texts) count() int { return len(t.digests) }

// remarkable is what the function of that name says of a text.
func (t *texts) remarkable(id uint32) bool { return t.marked[id/64]&(1<<(id%64)) != 0 }

// at is the text of a number, to be looked at: what is kept of it is to be a copy,
// as its whole chunk would be kept with it.
func (t *texts) at(id uint32) string {
	c := t.chunkOf(id)
	text := t.chunkText(c)
	if t.chunks[c].long {
		return text
	}
	return text[t.from(c, id):t.ends[id]]
}

// size is how long the text of a number is, in bytes.
func (t *texts) size(id uint32) int {
	c := t.chunkOf(id)
	if t.chunks[c].long {
		return len(t.chunkText(c))
	}
	return int(t.ends[id] - t.from(c, id))
}

func (t *texts) chunkOf(id uint32) int {
	c := int(t.heads[id/headEvery])
	for c+1 < len(t.firsts) && t.firsts[c+1] <= id {
		c++
	}
	return c
}

// from is where a text begins in its chunk.
func (t *texts) from(chunk int, id uint32) uint16 {
	if id == t.firsts[chunk] {
		return 0
	}
	return t.ends[id-1]
}

func (t *texts) chunkText(number int) string {
	c := t.chunks[number]
	if text := c.text.Load(); text != nil {
		if !c.again.Load() {
			c.again.Store(true)
		}
		return *text
	}
	if c.packed == nil {
		return t.room.String()
	}
	return t.lately.unpack(c)
}

// search calls f with long texts, and with those of each chunk in which, as a whole,
// something may be that is looked for. The texts are to be looked at.
func (t *texts) search(mayHold func(chunk []byte) bool, f func(id uint32, text string)) {
	for c, first := range t.firsts {
		if !t.chunks[c].long && !t.holds(c, mayHold) {
			continue
		}
		end := t.count()
		if c+1 < len(t.firsts) {
			end = int(t.firsts[c+1])
		}
		for id := first; int(id) < end; id++ {
			f(id, t.at(id))
		}
	}
}

// holds is what f says of a chunk, which is not long.
func (t *texts) holds(number int, f func([]byte) bool) bool {
	l := t.lately
	l.mu.Lock()
	defer l.mu.Unlock()
	c := t.chunks[number]
	switch text := c.text.Load(); {
	case text != nil:
		l.plain = append(l.plain[:0], *text...)
	case c.packed == nil:
		l.plain = append(l.plain[:0], t.room.String()...)
	default:
		l.decode(c)
	}
	return f(l.plain)
}

func (t *texts) of(b []byte) uint32 {
	digest := maphash.Bytes(textSeed, b)
	id, slot, ok := t.find(digest)
	if ok {
		return id
	}
	return t.insert(slot, digest, b)
}

func (t *texts) ofString(s string) uint32 {
	if id, ok := t.number(s); ok {
		return id
	}
	return t.of([]byte(s))
}

// number is that of a text that is there.
func (t *texts) number(s string) (uint32, bool) {
	id, _, ok := t.find(maphash.String(textSeed, s))
	return id, ok
}

// find returns the number of the text with a digest, or the slot for it.
func (t *texts) find(digest uint64) (id uint32, slot int, ok bool) {
	tag := tagOf(digest)
	for i := t.slotOf(digest); ; i++ {
		if i == len(t.tags) {
			i = 0
		}
		switch t.tags[i] {
		case 0:
			return 0, i, false
		case tag:
			if id := t.slots[i]; t.digests[id] == digest {
				return id, i, true
			}
		}
	}
}

func tagOf(digest uint64) uint8 { return max(1, uint8(digest)) }

// slotOf is where the search for a digest begins.
func (t *texts) slotOf(digest uint64) int {
	slot, _ := bits.Mul64(digest, uint64(len(t.slots)))
	return int(slot)
}

// insert adds a text, for which a slot was found.
func (t *texts) insert(slot int, digest uint64, b []byte) uint32 {
	id := uint32(len(t.digests))
	t.digests = append(t.digests, digest)
	t.keep(id, b)
	if id%64 == 0 {
		t.marked = append(t.marked, 0)
	}
	if remarkable(b) {
		t.marked[id/64] |= 1 << (id % 64)
	}
	t.refer = t.refer || bytes.HasPrefix(b, []byte(referencePrefix))
	t.slots[slot], t.tags[slot] = id, tagOf(digest)
	if 5*len(t.digests) > 4*len(t.slots) {
		t.grow(len(t.slots) + len(t.slots)/2)
	}
	return id
}

// expect makes room for so many texts.
func (t *texts) expect(count int) {
	t.digests, t.ends = slices.Grow(t.digests, count), slices.Grow(t.ends, count)
	if slots := 4 * count / 3; slots > len(t.slots) {
		t.grow(slots)
	}
}

func (t *texts) grow(slots int) {
	t.slots, t.tags = make([]uint32, slots), make([]uint8, slots)
	for id, digest := range t.digests {
		_, slot, _ := t.find(digest)
		t.slots[slot], t.tags[slot] = uint32(id), tagOf(digest)
	}
}

// keep copies a text to a chunk.
func (t *texts) keep(id uint32, b []byte) {
	long := len(b) > chunkSize
	if long || t.room.Cap() == 0 || t.room.Len()+len(b) > chunkSize {
		t.close()
		t.chunks, t.firsts = append(t.chunks, &chunk{long: long}), append(t.firsts, id)
	}
	if long {
		text := string(b)
		t.chunks[len(t.chunks)-1].text.Store(&text)
	} else {
		if t.room.Cap() == 0 {
			t.room.Grow(chunkSize)
		}
		t.room.Write(b)
	}
	t.ends = append(t.ends, uint16(t.room.Len()))
	if id%headEvery == 0 {
		t.heads = append(t.heads, uint32(len(t.chunks)-1))
	}
}

// close ends the chunk that was filled.
func (t *texts) close() {
	if t.room.Cap() == 0 {
		return
	}
	text := t.room.String()
	t.room = strings.Builder{}
	t.chunks[len(t.chunks)-1].text.Store(&text)
}

// pack compresses the chunks that are filled.
func (t *texts) pack() {
	for t.packed = max(t.packed, openChunks); t.packed < len(t.chunks)-1; t.packed++ {
		if c := t.chunks[t.packed]; !c.long {
			t.lately.pack(c)
		}
	}
}

// lately are packed chunks that were asked for last, and are kept unpacked as well.
// It may be used by several goroutines.
type lately struct {
	mu    sync.Mutex
	ring  [24]*chunk
	next  int
	plain []byte // room for a chunk's text
	coded []byte // and for what it is packed to
}

func (l *lately) pack(c *chunk) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.packed == nil { // by nobody who shares it
		l.plain = append(l.plain[:0], *c.text.Load()...)
		l.coded = s2.Encode(l.coded[:cap(l.coded)], l.plain)
		c.packed = bytes.Clone(l.coded)
		c.text.Store(nil)
	}
}

func (l *lately) unpack(c *chunk) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if text := c.text.Load(); text != nil {
		return *text
	}
	l.decode(c)
	text := string(l.plain)
	l.keep(c, text)
	return text
}

func (l *lately) decode(c *chunk) {
	var err error
	if l.plain, err = s2.Decode(l.plain[:cap(l.plain)], c.packed); err != nil {
		panic(err) // it was encoded here
	}
}

// keep has a chunk take the place of one that nobody has asked for again.
func (l *lately) keep(c *chunk, text string) {
	for l.ring[l.next] != nil && l.ring[l.next].again.Swap(false) {
		l.next = (l.next + 1) % len(l.ring)
	}
	if before := l.ring[l.next]; before != nil {
		before.text.Store(nil)
	}
	c.text.Store(&text)
	l.ring[l.next] = c
	l.next = (l.next + 1) % len(l.ring)
}
