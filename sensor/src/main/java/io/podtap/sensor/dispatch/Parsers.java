package io.podtap.sensor.dispatch;

import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.amqp.AmqpProtocol;
import io.podtap.sensor.parse.dhcp.DhcpProtocol;
import io.podtap.sensor.parse.dns.DnsProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.parse.ftp.FtpProtocol;
import io.podtap.sensor.parse.http.HttpProtocol;
import io.podtap.sensor.parse.kafka.KafkaProtocol;
import io.podtap.sensor.parse.kerberos.KerberosProtocol;
import io.podtap.sensor.parse.ldap.LdapProtocol;
import io.podtap.sensor.parse.mongodb.MongodbProtocol;
import io.podtap.sensor.parse.mqtt.MqttProtocol;
import io.podtap.sensor.parse.mysql.MysqlProtocol;
import io.podtap.sensor.parse.ntp.NtpProtocol;
import io.podtap.sensor.parse.postgresql.PostgresqlProtocol;
import io.podtap.sensor.parse.quic.QuicProtocol;
import io.podtap.sensor.parse.radius.RadiusProtocol;
import io.podtap.sensor.parse.redis.RedisProtocol;
import io.podtap.sensor.parse.requests.Requests;
import io.podtap.sensor.parse.sip.SipProtocol;
import io.podtap.sensor.parse.smb.SmbProtocol;
import io.podtap.sensor.parse.smtp.SmtpProtocol;
import io.podtap.sensor.parse.snmp.SnmpProtocol;
import io.podtap.sensor.parse.socks.SocksProtocol;
import io.podtap.sensor.parse.ssh.SshProtocol;
import io.podtap.sensor.parse.syslog.SyslogProtocol;
import io.podtap.sensor.parse.tls.TlsProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.tunnel.TunnelRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The protocols of one analysis, found by service and by port. One thread. */
public final class Parsers {

  private static final long TABLE_BYTES_MAX = 4 << 20;

  private final @Nullable StreamProtocol[] streams =
      new @Nullable StreamProtocol[Service.values().length];
  private final @Nullable DatagramProtocol[] datagrams =
      new @Nullable DatagramProtocol[Service.values().length];
  private final List<StreamProtocol> streamList = new ArrayList<>();
  private final List<DatagramProtocol> datagramList = new ArrayList<>();
  private long streamServices;
  private long datagramServices;
  private long partialServices;

  private final Predicate<Service> wanted;

  /** Makes an empty list. */
  public Parsers() {
    this(service -> true);
  }

  /** Makes an empty list that will take only services that are wanted. */
  private Parsers(Predicate<Service> wanted) {
    this.wanted = wanted;
  }

  /** Returns every protocol that the sensor understands: one line for each. */
  public static Parsers standard(LogSink sink, Files files) {
    return standard(sink, files, new TunnelRecorder(sink), service -> true, TABLE_BYTES_MAX);
  }

  /**
   * As above, those alone that are wanted; the others are recognised, not parsed.
   *
   * @param tableBytesMax heap for each table that a protocol keeps for all flows together
   */
  public static Parsers standard(
      LogSink sink,
      Files files,
      TunnelRecorder tunnels,
      Predicate<Service> wanted,
      long tableBytesMax) {
    DnsProtocol dns = new DnsProtocol(sink);
    KerberosProtocol kerberos = new KerberosProtocol(sink);
    TlsProtocol tls = new TlsProtocol(sink, tableBytesMax);
    SyslogProtocol syslog = new SyslogProtocol(sink);
    Requests requests = new Requests(sink);
    return new Parsers(wanted)
        .with(new AmqpProtocol(requests))
        .with(new KafkaProtocol(requests))
        .with(new MongodbProtocol(requests))
        .with(new HttpProtocol(sink, files))
        .with(dns)
        .with(dns.overTcp())
        .with(new DhcpProtocol(sink, tableBytesMax))
        .with(new FtpProtocol(sink, files))
        .with(kerberos)
        .with(kerberos.overTcp())
        .with(new LdapProtocol(sink))
        .with(new MqttProtocol(sink))
        .with(new MysqlProtocol(sink))
        .with(new NtpProtocol(sink))
        .with(new PostgresqlProtocol(sink))
        .with(new QuicProtocol(sink))
        .with(new RadiusProtocol(sink))
        .with(new RedisProtocol(sink))
        .with(syslog)
        .with(syslog.overTcp())
        .with(new SmbProtocol(sink, files))
        .with(new SmtpProtocol(sink, files))
        .with(new SipProtocol(sink))
        .with(new SnmpProtocol(sink))
        .with(new SocksProtocol(sink, tunnels))
        .with(new SshProtocol(sink))
        .with(tls)
        .with(tls.overUdp());
  }

  /** Adds a protocol over TCP; it replaces one of the same service. */
  public Parsers with(StreamProtocol protocol) {
    Service service = protocol.service();
    if (!wanted.test(service)) {
      return this;
    }
    streams[service.ordinal()] = protocol;
    streamList.removeIf(other -> other.service() == service);
    streamList.add(protocol);
    streamServices |= service.bit();
    if (protocol.followsPartial()) {
      partialServices |= service.bit();
    }
    return this;
  }

  /** Adds a protocol over UDP; it replaces one of the same service. */
  public Parsers with(DatagramProtocol protocol) {
    Service service = protocol.service();
    if (!wanted.test(service)) {
      return this;
    }
    datagrams[service.ordinal()] = protocol;
    datagramList.removeIf(other -> other.service() == service);
    datagramList.add(protocol);
    datagramServices |= service.bit();
    return this;
  }

  /** Returns the protocol over TCP that is called so, or null. */
  public @Nullable StreamProtocol stream(Service service) {
    return streams[service.ordinal()];
  }

  /** Returns the protocol over UDP that is called so, or null. */
  public @Nullable DatagramProtocol datagram(Service service) {
    return datagrams[service.ordinal()];
  }

  /** Returns the protocols over TCP. */
  public List<StreamProtocol> streams() {
    return List.copyOf(streamList);
  }

  /** Returns the protocols over UDP. */
  public List<DatagramProtocol> datagrams() {
    return List.copyOf(datagramList);
  }

  /** Returns the bits of the services over TCP that there are. */
  long streamServices() {
    return streamServices;
  }

  /** Returns the bits of the services over UDP that there are. */
  long datagramServices() {
    return datagramServices;
  }

  /** Returns the bits of the services over TCP that may begin in the middle. */
  long partialServices() {
    return partialServices;
  }

  /** Returns the bits of the services over TCP that a connection to this port is taken for. */
  long streamsByPort(int responderPort) {
    long services = 0;
    for (int i = 0; i < streamList.size(); i++) {
      if (streamList.get(i).isUsualPort(responderPort)) {
        services |= streamList.get(i).service().bit();
      }
    }
    return services;
  }

  /** Returns the bits of the services over UDP that a flow to this port is taken for. */
  long datagramsByPort(int responderPort) {
    long services = 0;
    for (int i = 0; i < datagramList.size(); i++) {
      if (datagramList.get(i).isUsualPort(responderPort)) {
        services |= datagramList.get(i).service().bit();
      }
    }
    return services;
  }
}
