package ingest
import ("testing";"strings";"time";"fmt")
func TestZZ(t *testing.T){
 run:=func(name,c string,format string){ o:=DefaultOptions(); o.Format=format; o.MaxRecordBytes=1<<20; st:=time.Now(); s,err:=Open("x",strings.NewReader(c),"s",o); if err!=nil{t.Fatal(err)}; n:=0; for _,err:=range s.Documents(t.Context()){ if err!=nil{t.Fatal(err)}; n++}; fmt.Println(name,len(c),n,time.Since(st)) }
 for _,k:=range []int{1,4}{
  run("wikicomment","<mediawiki>"+strings.Repeat("<page><!--",k*200000),"mediawiki")
  run("wikicomment2","<mediawiki><page>"+strings.Repeat("<!--",k*500000),"mediawiki")
  run("jsonopen",`[{"a":1},`+strings.Repeat(`{"a":`,k*400000),"json")
  run("jsonopen2",`[{"a":1},`+strings.Repeat(`,{"a":`,k*300000),"json")
  run("jsonempty",`[{"a":1},{"a":"`+strings.Repeat(`{}`,k*1000000)+`,{"a":`,"json")
  run("jsonempty2",`[{"a":1},{"a":{`+strings.Repeat(`{},`,k*300000)+`,{"a":`+strings.Repeat(`{},`,k*300000),"json")
  run("jsonarray",`[`+strings.Repeat(`{"text":"a"},`,k*100000)+"]","json")
  run("jsondeep",`[`+strings.Repeat(`{"text":`,k*100000),"json")
 }
 run("gut",strings.Repeat("some words of a line of text in a book\nend of the project",20000),"text")
}
