package io.podtap.sensor;
import java.nio.file.Path;
import java.util.*;
import org.junit.jupiter.api.Test;
import java.lang.foreign.*;
import io.podtap.core.packet.*;
import io.podtap.sensor.merge.*;
class DebugTmpTest {
  static String text(byte[] b, int link) {
    Headers h = new Headers(); MemorySegment s = MemorySegment.ofArray(b); h.locate(s,0,b.length,link);
    if (h.protocol()!=6 || (h.sourcePort()!=40234 && h.destinationPort()!=40234)) return null;
    long at=h.transportOffset();
    return String.format("%s id %d fl %x seq %d ack %d len %d", h.sourcePort()==40234?">":"<", Ipv4.identification(s,h.ipOffset()), Tcp.flags(s,at), Tcp.sequence(s,at), Tcp.acknowledgment(s,at), h.ipEnd()-at-Tcp.headerLength(s,at));
  }
  @Test void x() throws Exception {
    List<TwoTaps.Sent> frames = TwoTaps.read(Path.of("../cli/src/main/image/kinds.pcap"));
    List<TwoTaps.Sent> union = new ArrayList<>();
    var arr = TwoTaps.deliver(frames, new TwoTaps.Behaviour(0.1,0,false,0), new SplittableRandom(25), union);
    for (var d: arr) { String t=text(d.frame().bytes(), d.frame().linkType()); if (t!=null) System.out.println((d.frame().timeNs()%1000000000)/1000+" us tap"+d.tap()+" "+t); }
    System.out.println("---");
    Headers h=new Headers();
    TapMerge m = new TapMerge(64<<20,1,(f,o,c,s)->{ byte[] b=f.segment().asSlice(f.offset(),f.length()).toArray(ValueLayout.JAVA_BYTE); String t=text(b,f.linkType()); if(t!=null) System.out.println((f.timestampNs()%1000000000)/1000+" tap"+f.interfaceIndex()+" others "+c+" "+t);});
    Frame f=new Frame();
    for (var d: arr) { f.wrap(MemorySegment.ofArray(d.frame().bytes()),0,d.captured(),d.captured(),d.receivedNs()).received(d.receivedNs()).origin(d.frame().linkType(),d.tap(),false); m.advance(d.receivedNs()); h.locate(f.segment(),0,f.length(),f.linkType()); if(!m.take(f,h)) System.out.println("passed"); }
    m.close();
  }
}
