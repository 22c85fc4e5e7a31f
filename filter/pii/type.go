package pii

// Type is a type of personal data.
type Type uint8

// The types, in order of precedence: where two finds overlap, the one that comes first here stays. The types up to Email are
// found by anchors of their own, those from IBAN on and dotted MAC addresses by their digits.
const (
	PrivateKey Type = iota
	URLCredentials
	JWT
	APIKey
	MAC
	IPv6
	Email
	IBAN
	Card
	CryptoKey
	Bitcoin
	Ethereum
	Litecoin
	Dogecoin
	Tron
	IPv4
	USSSN
	USITIN
	CASIN
	MXCURP
	BRCPF
	BRCNPJ
	GBNINO
	GBNHS
	IEPPS
	FRNIR
	DESteuerID
	ESDNI
	ESNIE
	PTNIF
	ITCodiceFiscale
	NLBSN
	BENRN
	CHAHV
	PLPESEL
	SEPersonnummer
	NOFodselsnummer
	DKCPR
	FIHETU
	TRKimlik
	INAadhaar
	INPAN
	CNResidentID
	KRRRN
	JPMyNumber
	SGNRIC
	AUTFN
	ZAID
	Phone
	typeCount
)

// Family is a group of types that the config treats alike.
type Family uint8

// The families, in the order of the config.
const (
	Emails Family = iota
	IPs
	Phones
	Cards
	IBANs
	NationalIDs
	Crypto
	MACs
	Secrets
	URLLogins
	FamilyCount
)

// typeNames and the families of the types. Names are stable: they stand in tables of edits.
var typeNames = [typeCount]struct {
	name   string
	family Family
}{
	PrivateKey:      {"private_key", Secrets},
	URLCredentials:  {"url_credentials", URLLogins},
	JWT:             {"jwt", Secrets},
	APIKey:          {"api_key", Secrets},
	MAC:             {"mac", MACs},
	IPv6:            {"ip", IPs},
	Email:           {"email", Emails},
	IBAN:            {"iban", IBANs},
	Card:            {"card", Cards},
	CryptoKey:       {"crypto_key", Secrets},
	Bitcoin:         {"bitcoin", Crypto},
	Ethereum:        {"ethereum", Crypto},
	Litecoin:        {"litecoin", Crypto},
	Dogecoin:        {"dogecoin", Crypto},
	Tron:            {"tron", Crypto},
	IPv4:            {"ip", IPs},
	USSSN:           {"us_ssn", NationalIDs},
	USITIN:          {"us_itin", NationalIDs},
	CASIN:           {"ca_sin", NationalIDs},
	MXCURP:          {"mx_curp", NationalIDs},
	BRCPF:           {"br_cpf", NationalIDs},
	BRCNPJ:          {"br_cnpj", NationalIDs},
	GBNINO:          {"gb_nino", NationalIDs},
	GBNHS:           {"gb_nhs", NationalIDs},
	IEPPS:           {"ie_pps", NationalIDs},
	FRNIR:           {"fr_nir", NationalIDs},
	DESteuerID:      {"de_steuer_id", NationalIDs},
	ESDNI:           {"es_dni", NationalIDs},
	ESNIE:           {"es_nie", NationalIDs},
	PTNIF:           {"pt_nif", NationalIDs},
	ITCodiceFiscale: {"it_codice_fiscale", NationalIDs},
	NLBSN:           {"nl_bsn", NationalIDs},
	BENRN:           {"be_nrn", NationalIDs},
	CHAHV:           {"ch_ahv", NationalIDs},
	PLPESEL:         {"pl_pesel", NationalIDs},
	SEPersonnummer:  {"se_personnummer", NationalIDs},
	NOFodselsnummer: {"no_fodselsnummer", NationalIDs},
	DKCPR:           {"dk_cpr", NationalIDs},
	FIHETU:          {"fi_hetu", NationalIDs},
	TRKimlik:        {"tr_kimlik", NationalIDs},
	INAadhaar:       {"in_aadhaar", NationalIDs},
	INPAN:           {"in_pan", NationalIDs},
	CNResidentID:    {"cn_resident_id", NationalIDs},
	KRRRN:           {"kr_rrn", NationalIDs},
	JPMyNumber:      {"jp_my_number", NationalIDs},
	SGNRIC:          {"sg_nric", NationalIDs},
	AUTFN:           {"au_tfn", NationalIDs},
	ZAID:            {"za_id", NationalIDs},
	Phone:           {"phone", Phones},
}

// String is the type's stable name: "email", "us_ssn". Addresses of both versions are "ip".
func (t Type) String() string { return typeNames[t].name }

// Family is the group that the type belongs to.
func (t Type) Family() Family { return typeNames[t].family }

// String is the family's key in the config: "national_ids".
func (f Family) String() string {
	return [...]string{"email", "ip", "phone", "card", "iban", "national_ids", "crypto", "mac", "secrets", "url_credentials"}[f]
}
