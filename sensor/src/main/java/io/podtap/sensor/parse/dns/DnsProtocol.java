package io.podtap.sensor.parse.dns;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** DNS over UDP, and over TCP by way of {@link #overTcp}. */
public final class DnsProtocol implements DatagramProtocol {

  final LogStream<DnsTransaction> log;
  final DnsMessageReader reader = new DnsMessageReader();
  final AnswerText answers = new AnswerText(reader);

  /** Opens {@code dns.log}. */
  public DnsProtocol(LogSink sink) {
    this.log = sink.open(DnsLog.schema());
  }

  @Override
  public Service service() {
    return Service.DNS;
  }

  /** Names, multicast names, link-local names, NetBIOS names. */
  @Override
  public boolean isUsualPort(int responderPort) {
    return switch (responderPort) {
      case 53, 137, 5_353, 5_355 -> true;
      default -> false;
    };
  }

  @Override
  public DatagramParser begin(Session session) {
    return new DnsParser(this, session);
  }

  /** Returns the same over TCP, writing to the same log. */
  public StreamProtocol overTcp() {
    return new StreamProtocol() {
      @Override
      public Service service() {
        return Service.DNS;
      }

      @Override
      public boolean isUsualPort(int responderPort) {
        return responderPort == 53;
      }

      @Override
      public boolean followsPartial() {
        return true;
      }

      @Override
      public StreamParser begin(Session session) {
        return new DnsStreamParser(DnsProtocol.this, session);
      }
    };
  }
}
