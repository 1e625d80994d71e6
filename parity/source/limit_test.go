package source

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLimitedFailsRatherThanEnds(t *testing.T) {
	data, err := io.ReadAll(&limited{r: strings.NewReader("0123456789"), left: 4})
	assert.Equal(t, "0123", string(data))
	assert.ErrorContains(t, err, "more than 4 GiB")
	// What ends in time is read whole.
	data, err = io.ReadAll(&limited{r: strings.NewReader("0123"), left: 5})
	assert.NoError(t, err)
	assert.Equal(t, "0123", string(data))
}
