package io.podtap.sensor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Protocols that are told apart, with the names that Zeek gives in conn.log. */
public enum Service {
  AMQP("amqp"),
  AYIYA("ayiya"),
  BITTORRENT("bittorrent", "BitTorrent"),
  DCE_RPC("dce_rpc"),
  DHCP("dhcp"),
  DNP3("dnp3_tcp"),
  DNS("dns"),
  FTP("ftp"),
  FTP_DATA("ftp-data", "FTP_DATA"),
  GENEVE("geneve"),
  GSSAPI("gssapi"),
  GTP("gtpv1"),
  HTTP("http"),
  IMAP("imap"),
  IRC("irc"),
  KAFKA("kafka"),
  KERBEROS_TCP("krb_tcp"),
  KERBEROS("krb"),
  LDAP_TCP("ldap_tcp"),
  LDAP_UDP("ldap_udp"),
  MODBUS("modbus"),
  MONGODB("mongodb"),
  MQTT("mqtt"),
  MYSQL("mysql"),
  NTLM("ntlm"),
  NTP("ntp"),
  POP3("pop3"),
  POSTGRESQL("postgresql"),
  QUIC("quic"),
  RADIUS("radius"),
  RDP("rdp"),
  RDPEUDP("rdpeudp"),
  REDIS("redis"),
  RFB("rfb"),
  SIP("sip"),
  SMB("smb"),
  SMTP("smtp"),
  SNMP("snmp"),
  SOCKS("socks"),
  SSH("ssh"),
  SSL("ssl"),
  SYSLOG("syslog"),
  SYSLOG_TCP("syslog_tcp"),
  TEREDO("teredo"),
  VXLAN("vxlan"),
  WEBSOCKET("websocket", "WebSocket"),
  XMPP("xmpp");

  private static final Service[] ALL = values();

  private final String zeekName;
  private final String analyzer;

  Service(String zeekName) {
    this(zeekName, zeekName.toUpperCase(Locale.ROOT));
  }

  Service(String zeekName, String analyzer) {
    this.zeekName = zeekName;
    this.analyzer = analyzer;
  }

  /** Returns the name that Zeek gives in weird.log and analyzer.log. */
  public String analyzer() {
    return analyzer;
  }

  /** Returns this service's bit in a set. */
  public long bit() {
    return 1L << ordinal();
  }

  /** Returns the service whose bit has this number. */
  public static Service of(int bitNumber) {
    return ALL[bitNumber];
  }

  /** Returns the names of the bits, lowest first. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    for (Service service : values()) {
      names.add(service.zeekName);
    }
    return List.copyOf(names);
  }
}
