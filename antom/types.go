package antom

import "encoding/json"

// ProductCheckout is the productCode of everything in this package.
const ProductCheckout = "CASHIER_PAYMENT"

// CaptureMode says who takes the money of an authorised card payment.
type CaptureMode string

// Automatic capture is Antom's default; with manual capture the merchant calls
// [Client.Capture] within seven days.
const (
	CaptureAutomatic CaptureMode = "AUTOMATIC"
	CaptureManual    CaptureMode = "MANUAL"
)

// TerminalType is where the buyer is.
type TerminalType string

// Antom's terminals: a desktop browser, a phone's browser, a native app.
const (
	TerminalWeb     TerminalType = "WEB"
	TerminalWap     TerminalType = "WAP"
	TerminalApp     TerminalType = "APP"
	TerminalMiniApp TerminalType = "MINI_APP"
)

// OSType is required for every terminal but WEB.
type OSType string

// The systems Antom distinguishes.
const (
	OSIOS     OSType = "IOS"
	OSAndroid OSType = "ANDROID"
)

// The lengths below are in characters. They are checked before a request is
// sent, as is that its texts are ASCII; see [Order.MakeSafe].

// Order is what the buyer buys. Keep ReferenceOrderID through all attempts to
// pay for one order.
type Order struct {
	ReferenceOrderID string    `json:"referenceOrderId"` // at most 64
	Description      string    `json:"orderDescription"` // at most 256
	Amount           Amount    `json:"orderAmount"`      // in the currency of the payment
	Buyer            *Buyer    `json:"buyer,omitempty"`
	Goods            []Goods   `json:"goods,omitempty"` // at most 100
	Shipping         *Shipping `json:"shipping,omitempty"`
	Env              *Env      `json:"env,omitempty"`
	ExtendInfo       string    `json:"extendInfo,omitempty"` // a JSON string, at most 2048
}

// Buyer is who pays; recommended for cards and for Antom's risk control.
type Buyer struct {
	ReferenceBuyerID string    `json:"referenceBuyerId,omitempty"` // at most 64
	Name             *UserName `json:"buyerName,omitempty"`
	PhoneNo          string    `json:"buyerPhoneNo,omitempty"` // at most 24
	Email            string    `json:"buyerEmail,omitempty"`   // at most 64
}

// UserName is a person's name: the full one at most 128, the others 32.
type UserName struct {
	FirstName  string `json:"firstName,omitempty"`
	MiddleName string `json:"middleName,omitempty"`
	LastName   string `json:"lastName,omitempty"`
	FullName   string `json:"fullName,omitempty"`
}

// Address is a postal address.
type Address struct {
	Region   string `json:"region"`             // ISO 3166 alpha-2
	State    string `json:"state,omitempty"`    // at most 8
	City     string `json:"city,omitempty"`     // at most 32
	Address1 string `json:"address1,omitempty"` // at most 256
	Address2 string `json:"address2,omitempty"` // at most 256
	ZipCode  string `json:"zipCode,omitempty"`  // at most 32
}

// Goods is a line of an order.
type Goods struct {
	ReferenceGoodsID   string `json:"referenceGoodsId"`        // at most 64
	Name               string `json:"goodsName"`               // at most 256
	Category           string `json:"goodsCategory,omitempty"` // a path, parts joined by slashes, at most 64
	Brand              string `json:"goodsBrand,omitempty"`
	UnitAmount         Amount `json:"goodsUnitAmount,omitzero"`
	Quantity           string `json:"goodsQuantity,omitempty"` // Antom wants quantities as text
	SKUName            string `json:"goodsSkuName,omitempty"`
	URL                string `json:"goodsUrl,omitempty"`
	ImageURL           string `json:"goodsImageUrl,omitempty"`
	DeliveryMethodType string `json:"deliveryMethodType,omitempty"`
}

// How goods reach the buyer.
const (
	DeliveryPhysical = "PHYSICAL"
	DeliveryDigital  = "DIGITAL"
)

// Shipping is where the goods go.
type Shipping struct {
	Name        *UserName `json:"shippingName,omitempty"`
	Address     *Address  `json:"shippingAddress,omitempty"`
	Carrier     string    `json:"shippingCarrier,omitempty"`
	PhoneNo     string    `json:"shippingPhoneNo,omitempty"` // at most 16
	ShipToEmail string    `json:"shipToEmail,omitempty"`     // at most 64
	Fee         Amount    `json:"shippingFee,omitzero"`
}

// Env is the buyer's environment; it improves the rate of successful payments.
type Env struct {
	TerminalType   TerminalType `json:"terminalType,omitempty"`
	OSType         OSType       `json:"osType,omitempty"`
	ClientIP       string       `json:"clientIp,omitempty"` // the buyer's public address
	BrowserInfo    *BrowserInfo `json:"browserInfo,omitempty"`
	ColorDepth     Int          `json:"colorDepth,omitzero"`
	ScreenHeight   Int          `json:"screenHeight,omitzero"`
	ScreenWidth    Int          `json:"screenWidth,omitzero"`
	TimeZoneOffset *Int         `json:"timeZoneOffset,omitempty"` // minutes, -720 to 720; UTC+2 is -120
	DeviceID       string       `json:"deviceId,omitempty"`
	DeviceTokenID  string       `json:"deviceTokenId,omitempty"`
	DeviceBrand    string       `json:"deviceBrand,omitempty"`
	DeviceModel    string       `json:"deviceModel,omitempty"`
	DeviceLanguage string       `json:"deviceLanguage,omitempty"`
	OSVersion      string       `json:"osVersion,omitempty"`
	UserAgent      string       `json:"userAgent,omitempty"`
	CookieID       string       `json:"cookieId,omitempty"`
	ExtendInfo     string       `json:"extendInfo,omitempty"`
}

// BrowserInfo is needed for 3-D Secure of server-to-server cards.
type BrowserInfo struct {
	AcceptHeader      string `json:"acceptHeader,omitempty"`
	JavaEnabled       *Bool  `json:"javaEnabled,omitempty"`
	JavaScriptEnabled *Bool  `json:"javaScriptEnabled,omitempty"`
	Language          string `json:"language,omitempty"`
	UserAgent         string `json:"userAgent,omitempty"`
}

// PaymentMethod names how the buyer pays. Type is a code such as CARD or
// ALIPAY_CN; ID is the card token of a saved card.
type PaymentMethod struct {
	Type                        string    `json:"paymentMethodType"` // at most 64
	ID                          string    `json:"paymentMethodId,omitempty"`
	Metadata                    *Metadata `json:"paymentMethodMetaData,omitempty"`
	CustomerID                  string    `json:"customerId,omitempty"`
	RequireIssuerAuthentication *Bool     `json:"requireIssuerAuthentication,omitempty"`
	ExtendInfo                  string    `json:"extendInfo,omitempty"`
}

// Metadata is paymentMethodMetaData: what a card payment may carry beside the
// method's name. Card number and CVV exist in server-to-server mode only, which
// needs a PCI qualification.
type Metadata struct {
	CardNo                      string    `json:"cardNo,omitempty"`
	CVV                         string    `json:"cvv,omitempty"`
	ExpiryMonth                 string    `json:"expiryMonth,omitempty"` // MM
	ExpiryYear                  string    `json:"expiryYear,omitempty"`  // YY
	CardholderName              *UserName `json:"cardholderName,omitempty"`
	BillingAddress              *Address  `json:"billingAddress,omitempty"`              // for address verification (AVS)
	Is3DSAuthentication         *Bool     `json:"is3DSAuthentication,omitempty"`         // true forces 3-D Secure
	EnableAuthenticationUpgrade *Bool     `json:"enableAuthenticationUpgrade,omitempty"` // salvage: 3-D Secure if the issuer requires it
	Tokenize                    *Bool     `json:"tokenize,omitempty"`                    // store the card; the buyer must agree
	TokenizeMode                string    `json:"tokenizeMode,omitempty"`                // of a session: [AskForConsent]
	IsCardOnFile                *Bool     `json:"isCardOnFile,omitempty"`                // the card is stored already
	NetworkTransactionID        string    `json:"networkTransactionId,omitempty"`        // merchant initiated: that of the first payment, at most 256
	RecurringType               string    `json:"recurringType,omitempty"`               // merchant initiated: SCHEDULED or UNSCHEDULED
	MPIData                     *MPIData  `json:"mpiData,omitempty"`                     // 3-D Secure done elsewhere
	SelectedCardBrand           string    `json:"selectedCardBrand,omitempty"`           // co-badged and Korean cards
	RequireIssuerAuthentication *Bool     `json:"requireIssuerAuthentication,omitempty"` // Korean cards
	PaymentMethodRegion         string    `json:"paymentMethodRegion,omitempty"`         // GLOBAL, BR, KR and others
	PayerEmail                  string    `json:"payerEmail,omitempty"`                  // cards of BR, CL, MX, PE
	CPF                         string    `json:"cpf,omitempty"`                         // cards of BR, 11 digits
	DateOfBirth                 string    `json:"dateOfBirth,omitempty"`                 // Korean personal cards, YYYY-MM-DD
	BusinessNo                  string    `json:"businessNo,omitempty"`                  // Korean corporate cards, 10 digits
	CardPasswordDigest          string    `json:"cardPasswordDigest,omitempty"`          // Korean cards, the first 2 digits
}

// AskForConsent is the TokenizeMode in which Antom's form asks the buyer whether the card
// may be stored.
const AskForConsent = "ASKFORCONSENT"

// CredentialPAN is the CredentialType of an authentication of the card's own number.
const CredentialPAN = "PAN"

// MPIData is the result of a 3-D Secure authentication done elsewhere.
type MPIData struct {
	ThreeDSVersion  string `json:"threeDSVersion,omitempty"`
	ECI             string `json:"eci,omitempty"`
	CAVV            string `json:"cavv,omitempty"`
	DSTransactionID string `json:"dsTransactionId,omitempty"`
	CredentialType  string `json:"credentialType,omitempty"`
}

// PaymentFactor is for cards: IsAuthorization true means authorise, then capture.
type PaymentFactor struct {
	IsAuthorization *Bool       `json:"isAuthorization,omitempty"`
	CaptureMode     CaptureMode `json:"captureMode,omitempty"`
}

// SettlementStrategy names the settlement currency.
type SettlementStrategy struct {
	SettlementCurrency string `json:"settlementCurrency"`
}

// Monthly is the interval of instalments.
const Monthly = "MONTH"

// CreditPayPlan requests instalments.
type CreditPayPlan struct {
	InstallmentNum   Int    `json:"installmentNum,omitzero"` // 2 to 36; 0 in an answer is one payment
	Interval         string `json:"interval,omitempty"`      // [Monthly]
	CreditPayFeeType string `json:"creditPayFeeType,omitempty"`
	FeePercentage    Int    `json:"feePercentage,omitzero"`               // 0 to 100, the share of the fee that the seller bears
	FilteredPeriods  []int  `json:"filteredInstallmentPeriods,omitempty"` // the only plans to offer
	InterestRate     string `json:"interestRate,omitempty"`               // of an answer
}

// PaymentResultInfo is what a card payment leaves behind. Any value may be empty.
type PaymentResultInfo struct {
	CardNo               string         `json:"cardNo,omitempty"` // masked
	CardholderName       *UserName      `json:"cardholderName,omitempty"`
	CreditPayPlan        *CreditPayPlan `json:"creditPayPlan,omitempty"`
	CredentialType       string         `json:"credentialTypeUsed,omitempty"` // PAN or NETWORK_TOKEN
	IncrementalAvailable *Bool          `json:"incrementalAuthorizationAvailable,omitempty"`
	ExtendedAvailable    *Bool          `json:"extendedAuthorizationAvailable,omitempty"`
	RefundAvailable      *Bool          `json:"refundOnAuthorizationAvailable,omitempty"`
	CardBrand            string         `json:"cardBrand,omitempty"`
	CardToken            string         `json:"cardToken,omitempty"`
	CardBIN              string         `json:"cardBin,omitempty"`
	LastFour             string         `json:"lastFour,omitempty"`
	ExpiryMonth          string         `json:"expiryMonth,omitempty"`
	ExpiryYear           string         `json:"expiryYear,omitempty"`
	IssuingCountry       string         `json:"issuingCountry,omitempty"`
	IssuerName           string         `json:"issuerName,omitempty"`
	Funding              string         `json:"funding,omitempty"`
	CardCategory         string         `json:"cardCategory,omitempty"`
	PaymentMethodRegion  string         `json:"paymentMethodRegion,omitempty"`
	AVSResultRaw         string         `json:"avsResultRaw,omitempty"`
	CVVResultRaw         string         `json:"cvvResultRaw,omitempty"`
	NetworkTransactionID string         `json:"networkTransactionId,omitempty"`
	ThreeDSResult        *ThreeDSResult `json:"threeDSResult,omitempty"`
	RefusalCodeRaw       string         `json:"refusalCodeRaw,omitempty"`
	RefusalReasonRaw     string         `json:"refusalReasonRaw,omitempty"`
	MerchantAdviceCode   string         `json:"merchantAdviceCode,omitempty"`
	AuthorizationCode    string         `json:"authorizationCode,omitempty"`
	RRN                  string         `json:"rrn,omitempty"`
}

// ThreeDSResult is the outcome of 3-D Secure. Antom's samples spell cavv also
// as caav; both are read.
type ThreeDSResult struct {
	ThreeDSVersion  string `json:"threeDSVersion,omitempty"`
	ECI             string `json:"eci,omitempty"`
	CAVV            string `json:"cavv,omitempty"`
	DSTransactionID string `json:"dsTransactionId,omitempty"`
	XID             string `json:"xid,omitempty"`
	Offered         *Bool  `json:"threeDSOffered,omitempty"`
	Challenged      *Bool  `json:"challenged,omitempty"` // the buyer had to confirm
	ChallengeCancel string `json:"challengeCancel,omitempty"`
	ExemptionType   string `json:"exemptionType,omitempty"`      // asked of 3-D Secure
	ExemptionAsked  string `json:"exemptionRequested,omitempty"` // beside it, of the authorisation
	StatusReason    string `json:"threeDStransactionStatusReason,omitempty"`
}

// UnmarshalJSON reads cavv, and caav where that is empty.
func (r *ThreeDSResult) UnmarshalJSON(data []byte) error {
	type plain ThreeDSResult
	wire := struct {
		*plain
		Misspelt string `json:"caav"`
	}{plain: (*plain)(r)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	if r.CAVV == "" {
		r.CAVV = wire.Misspelt
	}
	return nil
}

// cardToken is the first token among the places where one may stand.
func cardToken(places ...*PaymentResultInfo) string {
	for _, place := range places {
		if place != nil && place.CardToken != "" {
			return place.CardToken
		}
	}
	return ""
}

// RedirectActionForm leads the buyer on: by GET to RedirectURL, or by a form
// that POSTs Parameters there.
type RedirectActionForm struct {
	Method         string `json:"method"`
	RedirectURL    string `json:"redirectUrl"`
	Parameters     string `json:"parameters,omitempty"` // POST only
	ActionFormType string `json:"actionFormType,omitempty"`
}

// OrderCodeForm is a code the buyer scans or shows at a counter.
type OrderCodeForm struct {
	PaymentMethodType string       `json:"paymentMethodType,omitempty"`
	ExpireTime        Time         `json:"expireTime,omitzero"`
	CodeDetails       []CodeDetail `json:"codeDetails"`
	ExtendInfo        string       `json:"extendInfo,omitempty"`
}

// CodeDetail is one form of the code; up to four come together.
type CodeDetail struct {
	CodeValueType string `json:"codeValueType"` // QRCODE or BARCODE
	CodeValue     string `json:"codeValue"`
	DisplayType   string `json:"displayType,omitempty"` // TEXT, SMALLIMAGE, MIDDLEIMAGE, BIGIMAGE
}
