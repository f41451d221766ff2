package imagepush_test
import ("testing";"fmt";"time";"context";"net/http/httptrace";"sync/atomic";"github.com/ecr-public/ecr-public-go/ecrpublic";"github.com/aws/aws-sdk-go-v2/aws";"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush";"github.com/stretchr/testify/require")
type traced struct{ *ecrpublic.Client }
var tHash,tWrite,tWait,tAll atomic.Int64
func (c traced) UploadLayerPart(ctx context.Context, in *ecrpublic.UploadLayerPartInput, o ...func(*ecrpublic.Options)) (*ecrpublic.UploadLayerPartOutput, error){
 start:=time.Now(); var got,wrote time.Time
 ctx=httptrace.WithClientTrace(ctx,&httptrace.ClientTrace{GotConn:func(httptrace.GotConnInfo){got=time.Now()},WroteRequest:func(httptrace.WroteRequestInfo){wrote=time.Now()}})
 out,err:=c.Client.UploadLayerPart(ctx,in,o...)
 end:=time.Now()
 tAll.Add(int64(end.Sub(start)));tHash.Add(int64(got.Sub(start)));tWrite.Add(int64(wrote.Sub(got)));tWait.Add(int64(end.Sub(wrote)))
 return out,err
}
func TestZZ(t *testing.T){
 e:="http://127.0.0.1:4780"
 c:=ecrpublic.New(ecrpublic.Options{BaseEndpoint:&e,Credentials:aws.CredentialsProviderFunc(func(context.Context)(aws.Credentials,error){return aws.Credentials{AccessKeyID:"a",SecretAccessKey:"b"},nil})})
 src,err:=imagepush.Open(t.Context(),"/tmp/m/L3"); require.NoError(t,err)
 for i:=range 4 { tHash.Store(0);tWrite.Store(0);tWait.Store(0);tAll.Store(0)
 s:=time.Now()
 _,err=imagepush.Push(t.Context(),traced{c},src,imagepush.PushOptions{Repository:fmt.Sprintf("zz%d-%d",time.Now().UnixNano(),i),Tag:"v1",CreateRepository:c},unlimited); require.NoError(t,err)
 fmt.Println("total",time.Since(s),"parts",time.Duration(tAll.Load()),"hash",time.Duration(tHash.Load()),"write",time.Duration(tWrite.Load()),"wait",time.Duration(tWait.Load()))
 }
}
