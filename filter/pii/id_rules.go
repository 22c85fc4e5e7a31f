package pii

// idRules are the identity numbers that are known. The order decides between rules that accept the same number.
//
// A form is taken without a cue only if it is rare by itself: it has separators of its own and a checksum or a narrow structure, or letters in fixed
// places and a check character. Numbers of bare digits always need a cue, as one in ten or eleven passes a check digit by chance.
func idRules() []idRule {
	return []idRule{
		{USSSN, "US", []string{"ddd-dd-dddd", "?ddd dd dddd", "?ddddddddd"}, usSSN,
			[]string{"ssn", "ssns", "social security", "soc sec", "social insurance", "ss#", "ss no"}},
		{USITIN, "US", []string{"ddd-dd-dddd", "?ddd dd dddd", "?ddddddddd"}, usITIN,
			[]string{"itin", "taxpayer", "tax id", "tax identification"}},
		{CASIN, "CA", []string{"?ddd-ddd-ddd", "?ddd ddd ddd", "?ddddddddd"}, caSIN,
			[]string{"sin", "social insurance", "assurance sociale", "nas"}},
		{MXCURP, "MX", []string{"AAAAddddddAAAAAACd"}, mxCURP, nil},
		{BRCPF, "BR", []string{"ddd.ddd.ddd-dd", "?ddddddddddd", "?ddd ddd ddd dd"}, brCPF, []string{"cpf", "cadastro de pessoa"}},
		{BRCNPJ, "BR", []string{"dd.ddd.ddd/dddd-dd", "?dddddddddddddd"}, brCNPJ, []string{"cnpj"}},
		{GBNINO, "GB", []string{"AA dd dd dd A", "AAddddddA", "?AA ddddddA"}, gbNINO, []string{"nino", "national insurance", "ni number", "ni no"}},
		{GBNHS, "GB", []string{"?ddd ddd dddd", "?ddd-ddd-dddd", "?dddddddddd"}, gbNHS, []string{"nhs", "national health", "chi number"}},
		{IEPPS, "IE", []string{"?dddddddA", "?dddddddAA"}, iePPS, []string{"pps", "ppsn", "personal public service"}},
		{FRNIR, "FR", []string{"d dd dd dd ddd ddd dd", "d dd dd dA ddd ddd dd", "?ddddddddddddddd", "?ddddddAdddddddd", "?ddddddddddddd dd"}, frNIR,
			[]string{"nir", "insee", "sécurité sociale", "securite sociale", "sécu", "secu", "vitale", "immatriculation", "ss"}},
		{DESteuerID, "DE", []string{"?dd ddd ddd ddd", "?ddddddddddd"}, deSteuerID,
			[]string{"steuer-id", "steuer id", "steuerid", "steueridentifikationsnummer", "steuer-identifikationsnummer", "steuerliche identifikationsnummer", "identifikationsnummer", "idnr", "id-nr", "tin", "steuernummer", "tax id"}},
		{ESDNI, "ES", []string{"ddddddddA", "dddddddd-A", "dd.ddd.ddd-A", "dd.ddd.dddA", "?dddddddd A"}, esDNI, []string{"dni", "nif", "documento nacional"}},
		{ESNIE, "ES", []string{"AdddddddA", "A-ddddddd-A", "Addddddd-A"}, esNIE, nil},
		{PTNIF, "PT", []string{"?ddddddddd", "?ddd ddd ddd"}, ptNIF, []string{"nif", "contribuinte", "identificação fiscal", "identificacao fiscal"}},
		{ITCodiceFiscale, "IT", []string{"AAAAAAddAooAoooA"}, itCodiceFiscale, nil},
		{NLBSN, "NL", []string{"?ddddddddd", "?ddd.ddd.ddd", "?dddd.dd.ddd", "?dddd dd ddd", "?ddd ddd ddd"}, nlBSN,
			[]string{"bsn", "burgerservicenummer", "sofinummer", "sofi", "sofi-nummer", "citizen service number"}},
		{BENRN, "BE", []string{"dd.dd.dd-ddd.dd", "?ddddddddddd", "?dd.dd.dd ddd dd", "?dddddd-ddd-dd"}, beNRN,
			[]string{"rijksregisternummer", "rijksregister", "registre national", "numéro national", "numero national", "insz", "niss", "nationaal nummer", "national number"}},
		{CHAHV, "CH", []string{"ddd.dddd.dddd.dd", "?ddddddddddddd", "?ddd dddd dddd dd"}, chAHV, []string{"ahv", "avs", "ahv-nr", "ahv-nummer", "sozialversicherungsnummer", "oasi"}},
		{PLPESEL, "PL", []string{"?ddddddddddd"}, plPESEL, []string{"pesel"}},
		{DKCPR, "DK", []string{"?dddddd-dddd", "?dddddddddd", "?dddddd dddd"}, dkCPR, []string{"cpr", "cpr-nr", "cpr-nummer", "cpr-nr."}},
		{SEPersonnummer, "SE", []string{"dddddd-dddd"}, sePersonnummerNoYear, nil},
		{SEPersonnummer, "SE", []string{"dddddddd-dddd", "?dddddd-dddd", "?dddddd+dddd", "?dddddddddd", "?dddddddddddd"}, sePersonnummer,
			[]string{"personnummer", "personnr", "pnr", "samordningsnummer", "person nr", "person-nr"}},
		{NOFodselsnummer, "NO", []string{"?dddddd ddddd", "?ddddddddddd"}, noFodselsnummer, []string{"fødselsnummer", "fodselsnummer", "fødselsnr", "fnr", "personnummer", "personnr", "d-nummer"}},
		{FIHETU, "FI", []string{"ddddddSdddC"}, fiHETU, nil},
		{TRKimlik, "TR", []string{"?ddddddddddd"}, trKimlik, []string{"tc kimlik", "t.c. kimlik", "kimlik no", "kimlik numarası", "tckn"}},
		{INAadhaar, "IN", []string{"?dddd dddd dddd", "?dddd-dddd-dddd", "?dddddddddddd"}, inAadhaar, []string{"aadhaar", "aadhar", "adhaar", "adhar", "uid", "uidai", "आधार"}},
		{INPAN, "IN", []string{"?AAAAAddddA"}, inPAN, []string{"pan", "permanent account", "income tax", "पैन"}},
		{CNResidentID, "CN", []string{"dddddddddddddddddx"}, cnResidentID, nil},
		{KRRRN, "KR", []string{"dddddd-ddddddd"}, krRRNChecked, nil},
		{KRRRN, "KR", []string{"?dddddd-ddddddd", "?ddddddddddddd"}, krRRN, []string{"주민등록번호", "주민번호", "주민등록", "rrn", "resident registration"}},
		{JPMyNumber, "JP", []string{"?dddd dddd dddd", "?dddd-dddd-dddd", "?dddddddddddd"}, jpMyNumber, []string{"マイナンバー", "個人番号", "my number", "mynumber"}},
		{SGNRIC, "SG", []string{"?AdddddddA"}, sgNRIC, []string{"nric", "fin", "ic no", "identity card", "uin"}},
		{AUTFN, "AU", []string{"?ddd ddd ddd", "?ddd-ddd-ddd", "?ddddddddd"}, auTFN, []string{"tfn", "tax file"}},
		{ZAID, "ZA", []string{"?ddddddddddddd", "?dddddd dddd ddd", "?dddddd dddd dd d"}, zaID, []string{"id number", "identity number", "id no", "sa id", "id nr", "identiteitsnommer"}},
	}
}
