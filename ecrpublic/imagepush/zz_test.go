package imagepush_test
import ("testing";"fmt";"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest";"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush";"github.com/stretchr/testify/require")
func BenchmarkZZ(b *testing.B){
 srv:=ecrpublictest.NewServer(ecrpublictest.WithDataDir(b.TempDir())); defer srv.Close()
 c:=srv.Client()
 src,err:=imagepush.Open(b.Context(),"/tmp/m/L3"); require.NoError(b,err)
 i:=0
 b.SetBytes(214735200)
 for b.Loop(){ i++
 _,err=imagepush.Push(b.Context(),c,src,imagepush.PushOptions{Repository:fmt.Sprint("p",i),Tag:"v1",CreateRepository:c},unlimited); require.NoError(b,err)
 }
}
