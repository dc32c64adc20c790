package checkout

import (
	"net/http"
	"testing"
	"time"
)

// A delivery waits as the schedule says after each failure, and is given up after the last.
func TestADeliveryIsTriedAsTheScheduleSays(t *testing.T) {
	schedule := Schedule{5 * time.Second, 5 * time.Minute}
	e, d, now := WebhookEndpoint{}, Delivery{State: DeliveryPending}, noon
	for _, status := range []int{http.StatusInternalServerError, http.StatusFound} { // a redirect is a failure
		e, d = AfterTry(e, d, DeliveryTry{At: now, Status: status}, schedule)
		wait := schedule[d.Attempts-1]
		if d.State != DeliveryPending || !d.NextAt.Equal(now.Add(wait)) || !e.FailingSince.Equal(noon) || e.Off != EndpointOn {
			t.Fatalf("after %d failures the delivery is %+v of %+v", d.Attempts, d, e)
		}
		now = now.Add(wait)
	}
	e, d = AfterTry(e, d, DeliveryTry{At: now}, schedule)
	if d.State != DeliveryDead || d.Attempts != 3 || e.Off != EndpointOn || e.Untold {
		t.Errorf("after the last try the delivery is %+v of %+v", d, e)
	}
}

func TestAnEndpointAfterATry(t *testing.T) {
	schedule := Schedule{time.Second, time.Second}
	failing := noon.Add(-failingLimit)
	for name, c := range map[string]struct {
		endpoint WebhookEndpoint
		try      DeliveryTry
		off      EndpointOff
		untold   bool
		since    time.Time // of the failures
		state    DeliveryState
	}{
		"200 ends the failures":           {WebhookEndpoint{FailingSince: failing}, DeliveryTry{Status: 200}, EndpointOn, false, time.Time{}, DeliveryDelivered},
		"so does 299":                     {WebhookEndpoint{FailingSince: failing}, DeliveryTry{Status: 299}, EndpointOn, false, time.Time{}, DeliveryDelivered},
		"199 is a failure":                {WebhookEndpoint{}, DeliveryTry{Status: 199}, EndpointOn, false, noon, DeliveryPending},
		"300 is a failure":                {WebhookEndpoint{}, DeliveryTry{Status: 300}, EndpointOn, false, noon, DeliveryPending},
		"410 switches off at once":        {WebhookEndpoint{}, DeliveryTry{Status: 410}, EndpointGone, true, noon, DeliveryDead},
		"five days switch off":            {WebhookEndpoint{FailingSince: failing}, DeliveryTry{}, EndpointFailing, true, failing, DeliveryDead},
		"a moment less does not":          {WebhookEndpoint{FailingSince: failing.Add(1)}, DeliveryTry{}, EndpointOn, false, failing.Add(1), DeliveryPending},
		"the merchant's choice stays":     {WebhookEndpoint{Off: EndpointOffByHand}, DeliveryTry{Status: 410}, EndpointOffByHand, false, noon, DeliveryDead},
		"what arrived while it went off":  {WebhookEndpoint{Off: EndpointOffByHand}, DeliveryTry{Status: 204}, EndpointOffByHand, false, time.Time{}, DeliveryDelivered},
		"it is told once that it is gone": {WebhookEndpoint{Off: EndpointGone}, DeliveryTry{Status: 410}, EndpointGone, false, noon, DeliveryDead},
	} {
		t.Run(name, func(t *testing.T) {
			c.try.At = noon
			e, d := AfterTry(c.endpoint, Delivery{State: DeliveryPending}, c.try, schedule)
			if e.Off != c.off || e.Untold != c.untold || !e.FailingSince.Equal(c.since) || d.State != c.state || d.Attempts != 1 {
				t.Errorf("the endpoint is %+v, the delivery %+v", e, d)
			}
		})
	}
}
