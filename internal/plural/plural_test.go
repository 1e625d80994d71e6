package plural

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCount(t *testing.T) {
	assert.Equal(t, "0 findings", Count(0, "finding"))
	assert.Equal(t, "1 finding", Count(1, "finding"))
	assert.Equal(t, "2 findings", Count(2, "finding"))
}
