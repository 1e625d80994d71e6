package live_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maquette/maquette/parity"
)

// imageNamed has every machine image be called so.
func imageNamed(rec *recording, name string) *recording {
	rec.answer = func(service, operation string, _ *http.Request, body string) *http.Response {
		if service+operation != "ec2DescribeImages" {
			return nil
		}
		_, id, _ := strings.Cut(body, "Filter.1.Value.1=")
		id, _, _ = strings.Cut(id, "&")
		return reply(200, "text/xml", "<DescribeImagesResponse><imagesSet><item><imageId>"+id+"</imageId><name>"+name+"</name><creationDate>2026-11-01T08:00:00.000Z</creationDate></item></imagesSet></DescribeImagesResponse>")
	}
	return rec
}

// TestImagesByName: what is in a machine image is told by its name, not by the id
// that it has in one region.
func TestImagesByName(t *testing.T) {
	images := func(base, cand string) []string {
		r := compare(t,
			observe(t, "aws://us-east-1?tag.Environment=production", imageNamed(recorded(t, "production"), base)),
			observe(t, "aws://us-east-1?tag.Environment=staging", imageNamed(recorded(t, "staging-drift"), cand)))
		var out []string
		for _, f := range r.Findings {
			if f.Rule == "version/image" {
				assert.Equal(t, parity.Error, f.Severity)
				out = append(out, f.Message)
			}
		}
		return out
	}
	assert.Empty(t, images("shop-base-7", "shop-base-7"), "two ids of one image")
	assert.Equal(t, []string{
		"ami differs: shop-base-7 of 2026-11-01, shop-base-6 of 2026-11-01",
		"image_id differs: shop-base-7 of 2026-11-01, shop-base-6 of 2026-11-01",
	}, images("shop-base-7", "shop-base-6"))
}

// TestMachinesThatTheirTemplateLeftBehind: a template that has a new image does not
// change the machines that run.
func TestMachinesThatTheirTemplateLeftBehind(t *testing.T) {
	stale := recorded(t, "staging-model")
	stale.answer = func(_, operation string, _ *http.Request, _ string) *http.Response {
		if operation != "DescribeLaunchTemplateVersions" {
			return nil
		}
		for _, e := range stale.exchanges {
			if e.Operation == operation {
				return reply(200, "text/xml", strings.ReplaceAll(e.Response.Body, stale.told(operation, "imageId"), "ami-0new"))
			}
		}
		return nil
	}
	r := compare(t, liveOf(t, "production"), observe(t, "aws://us-east-1?tag.Environment=staging", stale))
	var out []string
	for _, f := range r.Findings {
		if f.Severity != parity.Info {
			out = append(out, f.Rule+" "+f.Path+": "+f.Message)
			if f.Path == "live.machine_images" {
				assert.Equal(t, "as the template says", f.Baseline)
				assert.Equal(t, "Windows_Server-2008-R2_SP1-English-64Bit-Base-2017.10.13 of 2026-11-22", f.Candidate, "that of the emulator")
			}
		}
	}
	assert.ElementsMatch(t, []string{"version/image image_id: image_id differs", "version/image live.machine_images: live.machine_images differs"}, out)
}
