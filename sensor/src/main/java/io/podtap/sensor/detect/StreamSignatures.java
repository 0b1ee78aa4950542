package io.podtap.sensor.detect;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;

/**
 * First bytes of protocols over TCP.
 *
 * @see "the RFCs and specifications named at each signature"
 */
final class StreamSignatures {

  private static final int LOOK_BYTES_MAX = 1_024;

  /** Object identifiers of the mechanisms inside GSS-API, as they stand in the bytes. */
  private static final String OID_KERBEROS = "*\u0086H\u0086\u00f7\u0012\u0001\u0002\u0002";

  private static final String OID_KERBEROS_MICROSOFT =
      "*\u0086H\u0082\u00f7\u0012\u0001\u0002\u0002";

  private StreamSignatures() {}

  /** Returns what the first payload of one end may be: bits of services, 0 for nothing known. */
  static long guess(Payload p, boolean fromOriginator, int port) {
    long both = either(p, port);
    if (both != 0) {
      return both;
    }
    return fromOriginator ? client(p) : server(p);
  }

  /** What both ends send alike. */
  private static long either(Payload p, int port) {
    if (p.has(0, "SSH-")) { // RFC 4253 section 4.2
      return Service.SSH.bit();
    }
    if (p.has(0, "RFB 003.")) { // RFC 6143 section 7.1.1
      return Service.RFB.bit();
    }
    if (p.has(0, "\u0013BitTorrent protocol")) {
      return Service.BITTORRENT.bit();
    }
    if (p.has(4, "SMB") && (p.u8(3) >= 0) && p.u8(0) == 0) { // [MS-SMB2] 2.1
      return Service.SMB.bit();
    }
    if (p.u8(0) == 0 && p.has(5, "SMB") && p.u8(4) >= 0xFD) {
      return Service.SMB.bit();
    }
    if (p.u16(0) == 0x0300 && p.u16(2) <= p.length() && isConnectionX224(p.u8(5))) {
      return Service.RDP.bit(); // [MS-RDPBCGR] 2.2.1.1; TPKT, X.224
    }
    if (p.u8(0) == 5 && p.u8(1) <= 1 && p.u8(2) >= 0 && p.u8(2) <= 19 && p.length() >= 16) {
      return isDceRpc(p) ? Service.DCE_RPC.bit() : 0; // C706 chapter 12
    }
    if (p.u16(0) == 0x0564) { // IEEE 1815
      return Service.DNP3.bit();
    }
    if (isLdap(p)) {
      return ldap(p);
    }
    if (isKerberos(p)) {
      return Service.KERBEROS_TCP.bit();
    }
    if (isModbus(p, port)) {
      return Service.MODBUS.bit();
    }
    return isDns(p, port) ? Service.DNS.bit() : 0;
  }

  private static boolean isConnectionX224(int code) {
    return code == 0xE0 || code == 0xD0;
  }

  private static boolean isDceRpc(Payload p) {
    boolean little = (p.u8(4) & 0xF0) == 0x10;
    int length = little ? p.u8(8) | p.u8(9) << 8 : p.u16(8);
    return length >= 16 && (p.u8(4) & 0x0F) == 0;
  }

  private static long client(Payload p) {
    if (isTlsHello(p)) {
      return Service.SSL.bit();
    }
    if (isHttpRequest(p)) { // RFC 9112 section 3
      return Service.HTTP.bit();
    }
    if (isSip(p)) {
      return Service.SIP.bit();
    }
    if (p.begins("EHLO ") || p.begins("HELO ") || p.begins("LHLO ")) { // RFC 5321
      return Service.SMTP.bit();
    }
    if (p.begins("USER ") || p.begins("PASS ")) { // RFC 959, 1939, 1459
      return Service.FTP.bit() | Service.POP3.bit() | Service.IRC.bit();
    }
    if (p.begins("AUTH ") || p.begins("CAPA") || p.begins("STLS") || p.begins("APOP ")) {
      return Service.FTP.bit() | Service.POP3.bit() | Service.SMTP.bit() | Service.IRC.bit();
    }
    if (p.begins("NICK ") || p.begins("CAP ") || p.begins("STARTTLS\r")) {
      return Service.IRC.bit() | Service.SMTP.bit();
    }
    if (p.begins("FEAT\r") || p.begins("SYST\r") || p.begins("OPTS ")) {
      return Service.FTP.bit();
    }
    if (isImapCommand(p)) { // RFC 9051
      return Service.IMAP.bit();
    }
    if (p.has(0, "*") && p.firstLineHas("\r") && p.has(4, "$")) { // Redis protocol
      return Service.REDIS.bit();
    }
    if (p.u8(0) == 0x10 && (p.has(2, "\u0000\u0004MQTT") || p.has(2, "\u0000\u0006MQIsdp"))) {
      return Service.MQTT.bit();
    }
    if (p.u32(0) == p.length() && (p.u32(4) == 0x0003_0000 || p.u32(4) == 80_877_103)) {
      return Service.POSTGRESQL.bit(); // start-up message, SSLRequest
    }
    if (p.u8(0) == 5 && p.u8(1) > 0 && p.length() == 2 + p.u8(1)) { // RFC 1928
      return Service.SOCKS.bit();
    }
    if (p.u8(0) == 4 && (p.u8(1) == 1 || p.u8(1) == 2) && p.length() >= 9) { // SOCKS 4
      return p.u8(p.length() - 1) == 0 ? Service.SOCKS.bit() : 0;
    }
    if (p.has(0, "<?xml") || p.has(0, "<stream:stream")) { // RFC 6120
      return Service.XMPP.bit();
    }
    if (isSyslog(p)) {
      return Service.SYSLOG_TCP.bit();
    }
    return ClusterSignatures.client(p);
  }

  private static long server(Payload p) {
    if (isMysqlGreeting(p)) {
      return Service.MYSQL.bit();
    }
    if (p.u8(0) == 0x16 && p.u8(1) == 3 && p.u8(5) == 2) { // RFC 8446 section 4.1.3
      return Service.SSL.bit();
    }
    if (p.u16(0) == 0x1503 && p.u16(3) == 2 && p.u8(1) == 3) { // a TLS alert
      return Service.SSL.bit();
    }
    if (p.has(0, "HTTP/1.") || p.has(0, "HTTP/0.")) {
      boolean webSocket = p.has(9, "101") && p.contains("ebSocket", LOOK_BYTES_MAX);
      boolean lowerCase = p.has(9, "101") && p.contains("ebsocket", LOOK_BYTES_MAX);
      return Service.HTTP.bit() | (webSocket || lowerCase ? Service.WEBSOCKET.bit() : 0);
    }
    if (p.has(0, "SIP/2.0 ")) {
      return Service.SIP.bit();
    }
    if (p.has(0, "220") || p.has(0, "421") || p.has(0, "554")) { // RFC 959, RFC 5321
      return greeting(p);
    }
    if (p.has(0, "+OK") || p.has(0, "-ERR")) { // RFC 1939
      return Service.POP3.bit() | Service.REDIS.bit();
    }
    if (p.has(0, "* OK") || p.has(0, "* PREAUTH") || p.has(0, "* BYE")) {
      return Service.IMAP.bit();
    }
    if (p.has(0, ":") || p.has(0, "NOTICE ") || p.has(0, "PING ") || p.has(0, "ERROR ")) {
      return p.firstLineHas(" ") ? Service.IRC.bit() : Service.REDIS.bit();
    }
    if (p.has(0, "$") || p.has(0, "*") || p.has(0, "+") || p.has(0, "-")) {
      return Service.REDIS.bit();
    }
    if (p.u16(0) == 0x2002 && p.length() >= 4) { // MQTT CONNACK
      return Service.MQTT.bit();
    }
    if (p.length() == 1 && (p.u8(0) == 'S' || p.u8(0) == 'N')) {
      return Service.POSTGRESQL.bit();
    }
    if (p.u8(0) == 'R' && p.u32(1) >= 8 && p.u32(1) <= p.length()) {
      return Service.POSTGRESQL.bit();
    }
    if (p.u8(0) == 5 && p.length() == 2) {
      return Service.SOCKS.bit();
    }
    if (p.u8(0) == 0 && p.u8(1) >= 90 && p.u8(1) <= 93 && p.length() == 8) {
      return Service.SOCKS.bit();
    }
    if (p.has(0, "<?xml") || p.has(0, "<stream:stream")) {
      return Service.XMPP.bit();
    }
    return ClusterSignatures.server(p);
  }

  /**
   * Length, number 0, protocol 10, the version as text with a zero behind it, a number of four
   * bytes, eight bytes of salt without a zero in front of a zero.
   */
  private static boolean isMysqlGreeting(Payload p) {
    int length = p.u8(0) | p.u8(1) << 8;
    if (p.u8(2) != 0 || p.u8(3) != 0 || p.u8(4) != 10 || length < 20 || length > 1_024) {
      return false;
    }
    int end = p.indexOf(0, 5);
    boolean isNumbered = false;
    for (int at = 5; at < end; at++) {
      if (p.u8(at) < ' ' || p.u8(at) >= 0x7F) {
        return false;
      }
      isNumbered |= isDigit(p.u8(at));
    }
    return end > 5 && end < 5 + 128 && (isNumbered || p.u8(end + 13) == 0);
  }

  private static long greeting(Payload p) {
    if (p.firstLineHas("SMTP")) {
      return Service.SMTP.bit();
    }
    if (p.firstLineHas("FTP")) {
      return Service.FTP.bit();
    }
    boolean shaped = p.u8(3) == ' ' || p.u8(3) == '-';
    return shaped ? Service.SMTP.bit() | Service.FTP.bit() : 0;
  }

  /** A ClientHello at the start of a TLS record, or of SSL 2 (RFC 5246 appendix E.2). */
  static boolean isTlsHello(Payload p) {
    if (p.u8(0) == 0x16 && p.u8(1) == 3 && p.u8(2) <= 4 && p.u8(5) == 1) {
      return true;
    }
    return (p.u8(0) & 0x80) != 0
        && p.u8(0) > 0
        && p.u8(2) == 1
        && (p.u16(3) == 0x0002 || (p.u8(3) == 3 && p.u8(4) <= 3))
        && (p.u16(0) & 0x7FFF) == p.length() - 2;
  }

  /** METHOD SP TARGET SP HTTP/D.D, or as much of it as is there. */
  private static boolean isHttpRequest(Payload p) {
    int at = 0;
    while (at < 24 && isTokenLetter(p.u8(at))) {
      at++;
    }
    if (at < 3 || p.u8(at) != ' ') {
      return false;
    }
    int end = Math.min(p.length(), 8_192);
    for (int i = at + 1; i < end; i++) {
      int c = p.u8(i);
      if (c == '\n' || c == '\r') {
        return false;
      }
      if (c == ' ' && p.has(i + 1, "HTTP/")) {
        return true;
      }
    }
    return isCommonMethod(p);
  }

  private static boolean isTokenLetter(int c) {
    return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  }

  private static boolean isCommonMethod(Payload p) {
    return (p.has(0, "GET /") || p.has(0, "POST /") || p.has(0, "HEAD /")) && p.length() > 256;
  }

  private static boolean isSip(Payload p) {
    return p.firstLineHas(" SIP/2.0");
  }

  private static boolean isImapCommand(Payload p) {
    return p.firstLineHas(" CAPABILITY")
        || p.firstLineHas(" LOGIN ")
        || p.firstLineHas(" STARTTLS")
        || p.firstLineHas(" AUTHENTICATE ")
        || p.firstLineHas(" ID ");
  }

  /** "<" priority ">", perhaps with a length before it (RFC 6587). */
  private static boolean isSyslog(Payload p) {
    int at = 0;
    while (at < 6 && isDigit(p.u8(at))) {
      at++;
    }
    if (at > 0) {
      if (p.u8(at) != ' ') {
        return false;
      }
      at++;
    }
    return isPriority(p, at);
  }

  static boolean isPriority(Payload p, int start) {
    if (p.u8(start) != '<') {
      return false;
    }
    int at = start + 1;
    while (at < start + 5 && isDigit(p.u8(at))) {
      at++;
    }
    return at > start + 1 && p.u8(at) == '>';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** SEQUENCE { INTEGER, an operation of RFC 4511 section 4.2 and following }. */
  static boolean isLdap(Payload p) {
    if (p.u8(0) != 0x30) {
      return false;
    }
    int at = p.u8(1) >= 0x80 ? 2 + (p.u8(1) & 0x7F) : 2;
    int idLength = p.u8(at + 1);
    if (p.u8(at) != 2 || idLength < 1 || idLength > 4) {
      return false;
    }
    return switch (p.u8(at + 2 + idLength)) {
      case 0x60,
          0x61,
          0x42,
          0x63,
          0x64,
          0x65,
          0x66,
          0x67,
          0x68,
          0x69,
          0x4A,
          0x6B,
          0x6C,
          0x6D,
          0x6E,
          0x6F,
          0x50,
          0x73,
          0x77,
          0x78,
          0x79 ->
          true;
      default -> false;
    };
  }

  private static long ldap(Payload p) {
    long found = Service.LDAP_TCP.bit();
    if (p.contains("NTLMSSP\u0000", LOOK_BYTES_MAX)) {
      found |= Service.NTLM.bit();
    }
    if (p.contains(OID_KERBEROS, LOOK_BYTES_MAX)
        || p.contains(OID_KERBEROS_MICROSOFT, LOOK_BYTES_MAX)) {
      found |= Service.KERBEROS.bit() | Service.GSSAPI.bit();
    }
    return found;
  }

  /** Length of four bytes, then an application tag of RFC 4120 section 5.10. */
  private static boolean isKerberos(Payload p) {
    boolean measured = p.u8(5) >= 0x80 || p.u8(5) == p.length() - 6;
    return p.u32(0) == p.length() - 4L && isKerberosTag(p.u8(4)) && measured;
  }

  static boolean isKerberosTag(int tag) {
    return (tag >= 0x6A && tag <= 0x6F) || tag == 0x7E;
  }

  /** Transaction, protocol 0, length, unit, function (Modbus TCP). */
  private static boolean isModbus(Payload p, int port) {
    return port == 502
        && p.u16(2) == 0
        && p.u16(4) >= 2
        && p.u16(4) <= 254
        && p.u16(4) == p.length() - 6;
  }

  /** A DNS message behind its length (RFC 1035 section 4.2.2). */
  private static boolean isDns(Payload p, int port) {
    return port == 53
        && p.u16(0) >= 12
        && DatagramSignatures.isDns(new Payload().wrap(p, 2, p.length()));
  }
}
