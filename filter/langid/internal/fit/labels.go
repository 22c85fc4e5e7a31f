package main

import "strings"

const undetermined = "und"

// labels are the languages of the model: ISO 639-3 to 639-1.
func labels() map[string]string {
	m := make(map[string]string)
	for _, pair := range strings.Fields(`afr=af sqi=sq ara=ar hye=hy aze=az eus=eu bel=be ben=bn nob=nb bos=bs bul=bg cat=ca zho=zh hrv=hr ces=cs
		dan=da nld=nl eng=en epo=eo est=et fin=fi fra=fr lug=lg kat=ka deu=de ell=el guj=gu heb=he hin=hi hun=hu isl=is ind=id gle=ga ita=it
		jpn=ja kaz=kk kor=ko lat=la lav=lv lit=lt mkd=mk msa=ms mri=mi mar=mr mon=mn nno=nn fas=fa pol=pl por=pt pan=pa ron=ro rus=ru srp=sr
		sna=sn slk=sk slv=sl som=so sot=st spa=es swa=sw swe=sv tgl=tl tam=ta tel=te tha=th tso=ts tsn=tn tur=tr ukr=uk urd=ur vie=vi cym=cy
		xho=xh yor=yo zul=zu`) {
		three, two, _ := strings.Cut(pair, "=")
		m[three] = two
	}
	return m
}
