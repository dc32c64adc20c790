package checkout

import "regexp"

// DeviceFacts are what the page's script, or an app, says of the device. Antom assesses the
// risk of a payment by them, and the buyer's bank whether to ask the buyer. No rule of
// the shop depends on them: what is missing or cannot be true is left out.
type DeviceFacts struct {
	ScreenWidth, ScreenHeight int    // in pixels; 0 where not known
	ColorDepth                int    // in bits; 0 where not known
	TimeZoneOffset            *int   // minutes from the device's time to UTC: UTC+2 is -120
	Java                      *bool  // whether the browser runs Java
	JavaScript                *bool  // whether it runs scripts
	DeviceID, DeviceTokenID   string // this and the following are an app's
	Brand, Model              string
	OSVersion                 string
	DeviceLanguage            string
}

// Bounds of the facts. The colour depths are those that 3-D Secure knows.
const (
	maxScreen         = 16384
	maxColorDepth     = 64
	maxTimeZoneOffset = 720 // by Antom, although UTC+14 exists
	maxDeviceText     = 64
)

var (
	colorDepths    = []int{1, 4, 8, 15, 16, 24, 30, 32, 48}
	deviceText     = regexp.MustCompile(`^[ -~]+$`)
	deviceLanguage = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$`)
)

// Credible is the facts without those that cannot be true, or that Antom would refuse.
func (f DeviceFacts) Credible() DeviceFacts {
	if f.ScreenWidth <= 0 || f.ScreenHeight <= 0 || f.ScreenWidth > maxScreen || f.ScreenHeight > maxScreen {
		f.ScreenWidth, f.ScreenHeight = 0, 0
	}
	f.ColorDepth = nearestDepth(f.ColorDepth)
	if offset := f.TimeZoneOffset; offset != nil && (*offset < -maxTimeZoneOffset || *offset > maxTimeZoneOffset) {
		f.TimeZoneOffset = nil
	}
	for _, text := range []*string{&f.DeviceID, &f.DeviceTokenID, &f.Brand, &f.Model, &f.OSVersion} {
		if len(*text) > maxDeviceText || !deviceText.MatchString(*text) {
			*text = ""
		}
	}
	if !deviceLanguage.MatchString(f.DeviceLanguage) {
		f.DeviceLanguage = ""
	}
	return f
}

// nearestDepth is the depth that 3-D Secure knows and that is not above the screen's: a
// screen of 25 bits counts as one of 24. 0 where the depth cannot be true.
func nearestDepth(bits int) (depth int) {
	if bits > maxColorDepth {
		return 0
	}
	for _, known := range colorDepths {
		if known <= bits {
			depth = known
		}
	}
	return depth
}
