package sandbox

import (
	"strings"
	"testing"

	"antom-checkout/antom"
)

// A body is kept whole, so that its signature can be checked again; the page shows the
// beginning of it.
func TestLongBodiesAreKeptWhole(t *testing.T) {
	s := newShop(t)
	_, err := s.client.SupplyDefenseDocument(t.Context(), &antom.SupplyDefenseDocumentRequest{
		DisputeID: "none", DisputeEvidence: strings.Repeat("QUJD", 200_000),
	})
	wantCode(t, err, "PARAM_ILLEGAL")
	kept := s.box.Control().Messages()
	body := kept[len(kept)-1].Body
	if !strings.HasSuffix(body, `QUJD"}`) || len(body) < 800_000 || !strings.HasSuffix(kept[len(kept)-1].SigningString, body) {
		t.Errorf("%d bytes of the body are kept", len(body))
	}
	if page := s.gets(s.url + "/"); len(page) > 200_000 || !strings.Contains(page, "…") {
		t.Errorf("the page has %d bytes", len(page))
	}
}

func TestMessagesAreBounded(t *testing.T) {
	long, short := strings.Repeat("x", keptBytes/4), "y"
	for name, test := range map[string]struct {
		body       string
		added, all int
	}{
		"many short ones": {short, 3 * keptMessages, keptMessages},
		"a few long ones": {long, 6, 4},
		"one huge one":    {strings.Repeat("z", keptBytes+1), 2, 1},
	} {
		ms := &messages{}
		for range test.added {
			ms.add(Message{Body: test.body})
			if ms.bytes > keptBytes && len(ms.kept) > 1 {
				t.Fatalf("%s: %d bytes are kept", name, ms.bytes)
			}
		}
		all := ms.all()
		if len(all) > test.all || len(all) == 0 || all[len(all)-1].ID != test.added {
			t.Errorf("%s: %d are kept, the last is %d", name, len(all), all[len(all)-1].ID)
		}
	}
}
