/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.amqp.AmqpProtocol;
import io.podtap.sensor.parse.dcerpc.DcerpcProtocol;
import io.podtap.sensor.parse.dhcp.DhcpProtocol;
import io.podtap.sensor.parse.dnp3.Dnp3Protocol;
import io.podtap.sensor.parse.dns.DnsProtocol;
import io.podtap.sensor.parse.finger.FingerProtocol;
import io.podtap.sensor.parse.ftp.FtpProtocol;
import io.podtap.sensor.parse.gss.GssProtocol;
import io.podtap.sensor.parse.http.HttpProtocol;
import io.podtap.sensor.parse.irc.IrcProtocol;
import io.podtap.sensor.parse.kafka.KafkaProtocol;
import io.podtap.sensor.parse.kerberos.KerberosProtocol;
import io.podtap.sensor.parse.ldap.LdapProtocol;
import io.podtap.sensor.parse.modbus.ModbusProtocol;
import io.podtap.sensor.parse.mongodb.MongodbProtocol;
import io.podtap.sensor.parse.mqtt.MqttProtocol;
import io.podtap.sensor.parse.mysql.MysqlProtocol;
import io.podtap.sensor.parse.ntlm.NtlmProtocol;
import io.podtap.sensor.parse.ntp.NtpProtocol;
import io.podtap.sensor.parse.pop3.Pop3Protocol;
import io.podtap.sensor.parse.postgresql.PostgresqlProtocol;
import io.podtap.sensor.parse.quic.QuicProtocol;
import io.podtap.sensor.parse.radius.RadiusProtocol;
import io.podtap.sensor.parse.rdp.RdpProtocol;
import io.podtap.sensor.parse.redis.RedisProtocol;
import io.podtap.sensor.parse.rfb.RfbProtocol;
import io.podtap.sensor.parse.sip.SipProtocol;
import io.podtap.sensor.parse.smb.SmbProtocol;
import io.podtap.sensor.parse.smtp.SmtpProtocol;
import io.podtap.sensor.parse.snmp.SnmpProtocol;
import io.podtap.sensor.parse.socks.SocksProtocol;
import io.podtap.sensor.parse.ssh.SshProtocol;
import io.podtap.sensor.parse.syslog.SyslogProtocol;
import io.podtap.sensor.parse.tls.TlsProtocol;
import io.podtap.sensor.parse.unparsed.Bittorrent;
import io.podtap.sensor.parse.unparsed.TextServices;
import io.podtap.sensor.parse.unparsed.TunnelServices;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.service.ServiceDetector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Stream;

/**
 * The registry: one line for each package of a protocol, in order of precedence. Of several whose
 * signatures find their bytes, the first one counts.
 */
public final class Protocols {

  private static final List<Declaration> ALL =
      Stream.of(
              SshProtocol.DECLARATIONS,
              RfbProtocol.DECLARATIONS,
              Bittorrent.DECLARATIONS,
              SmbProtocol.DECLARATIONS,
              RdpProtocol.DECLARATIONS,
              DcerpcProtocol.DECLARATIONS,
              Dnp3Protocol.DECLARATIONS,
              LdapProtocol.DECLARATIONS,
              KerberosProtocol.DECLARATIONS,
              GssProtocol.DECLARATIONS,
              NtlmProtocol.DECLARATIONS,
              ModbusProtocol.DECLARATIONS,
              DnsProtocol.DECLARATIONS,
              MysqlProtocol.DECLARATIONS,
              TlsProtocol.DECLARATIONS,
              HttpProtocol.DECLARATIONS,
              SipProtocol.DECLARATIONS,
              SmtpProtocol.DECLARATIONS,
              FtpProtocol.DECLARATIONS,
              FingerProtocol.DECLARATIONS,
              Pop3Protocol.DECLARATIONS,
              TextServices.DECLARATIONS,
              IrcProtocol.DECLARATIONS,
              RedisProtocol.DECLARATIONS,
              AmqpProtocol.DECLARATIONS,
              MqttProtocol.DECLARATIONS,
              PostgresqlProtocol.DECLARATIONS,
              SocksProtocol.DECLARATIONS,
              SyslogProtocol.DECLARATIONS,
              MongodbProtocol.DECLARATIONS,
              KafkaProtocol.DECLARATIONS,
              NtpProtocol.DECLARATIONS,
              DhcpProtocol.DECLARATIONS,
              SnmpProtocol.DECLARATIONS,
              RadiusProtocol.DECLARATIONS,
              QuicProtocol.DECLARATIONS,
              TunnelServices.DECLARATIONS)
          .flatMap(List::stream)
          .toList();

  /** Tells services by what all protocols declare. */
  static final ServiceDetector DETECTOR = new ServiceDetector(ALL);

  private static final List<Service> SERVICES =
      ALL.stream()
          .map(Declaration::service)
          .sorted(Comparator.comparing(Service::zeekName))
          .toList();

  private Protocols() {}

  /** Returns what the protocols declare, in order of precedence. */
  public static List<Declaration> all() {
    return ALL;
  }

  /** Returns the services, parsed or recognised, by their names. */
  public static List<Service> services() {
    return SERVICES;
  }

  /**
   * Returns the names of the services in conn.log; each stands where its {@link Service#number} is,
   * with an empty name where a number is not a protocol's.
   */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    for (Service service : SERVICES) {
      while (names.size() <= service.number()) {
        names.add("");
      }
      names.set(service.number(), service.zeekName());
    }
    return List.copyOf(names);
  }

  /** Returns whether a port is one of those that are registered for a protocol of conn.log. */
  public static boolean isOwnPort(String service, Transport transport, int port) {
    for (Declaration declaration : ALL) {
      if (declaration.service().zeekName().equals(service)
          && Arrays.stream(declaration.serverPorts(transport)).anyMatch(own -> own == port)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the name of the analyzer of a protocol of conn.log. */
  public static String analyzer(String service) {
    for (Service known : SERVICES) {
      if (known.zeekName().equals(service)) {
        return known.analyzer();
      }
    }
    return service.toUpperCase(Locale.ROOT);
  }

  /** Returns the names of analyzers of protocols, separated by commas. */
  static String analyzers(ServiceSet services) {
    StringJoiner all = new StringJoiner(",");
    for (Service service : SERVICES) {
      if (service.isIn(services)) {
        all.add(service.analyzer());
      }
    }
    return all.toString();
  }

  /** Returns the ports of likely servers over one transport, in order. */
  public static int[] serverPorts(Transport transport) {
    return ALL.stream()
        .flatMapToInt(declaration -> Arrays.stream(declaration.serverPorts(transport)))
        .sorted()
        .distinct()
        .toArray();
  }

  /** Returns the services that are like this. */
  static ServiceSet with(Trait trait) {
    return ALL.stream()
        .map(declaration -> declaration.where(trait))
        .reduce(ServiceSet.EMPTY, ServiceSet::union);
  }
}
