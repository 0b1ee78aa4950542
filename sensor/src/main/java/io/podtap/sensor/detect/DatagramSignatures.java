package io.podtap.sensor.detect;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;

/**
 * First bytes of protocols over UDP. Where the bytes alone say too little, the port is asked too.
 *
 * @see "the RFCs named at each signature"
 */
final class DatagramSignatures {

  private static final int QUIC_VERSION_1 = 1;
  private static final long QUIC_VERSION_2 = 0x6B33_43CFL;
  private static final long QUIC_DRAFT = 0xFF00_0000L;
  private static final int QUIC_INITIAL_BYTES_MIN = 1_200;
  private static final long DHCP_COOKIE = 0x6382_5363L;

  private DatagramSignatures() {}

  /** Returns what the first datagram of one end may be: bits of services, 0 for nothing known. */
  static long guess(Payload p, int originatorPort, int responderPort) {
    if (isEither(originatorPort, responderPort, 53, 5_353)
        || isEither(originatorPort, responderPort, 5_355, 137)) {
      if (isDns(p)) {
        return Service.DNS.bit();
      }
    }
    if (isEither(originatorPort, responderPort, 123, 123) && isNtp(p)) {
      return Service.NTP.bit();
    }
    if (isEither(originatorPort, responderPort, 67, 68) && p.u32(236) == DHCP_COOKIE) {
      return Service.DHCP.bit(); // RFC 2131 section 3
    }
    if (isEither(originatorPort, responderPort, 161, 162) && isSnmp(p)) {
      return Service.SNMP.bit();
    }
    if (isEither(originatorPort, responderPort, 514, 514) && StreamSignatures.isPriority(p, 0)) {
      return Service.SYSLOG.bit();
    }
    if (isEither(originatorPort, responderPort, 88, 88)
        && StreamSignatures.isKerberosTag(p.u8(0))) {
      return Service.KERBEROS.bit();
    }
    if (isEither(originatorPort, responderPort, 1_812, 1_813) && p.u16(2) == p.length()) {
      return Service.RADIUS.bit(); // RFC 2865 section 3
    }
    if (responderPort == 389 && StreamSignatures.isLdap(p)) {
      return Service.LDAP_UDP.bit();
    }
    if (responderPort == 3_389) {
      return Service.RDPEUDP.bit() | (isDtls(p) ? Service.SSL.bit() : 0);
    }
    return byContent(p);
  }

  private static boolean isEither(int originatorPort, int responderPort, int one, int other) {
    return responderPort == one
        || responderPort == other
        || originatorPort == one
        || originatorPort == other;
  }

  private static long byContent(Payload p) {
    if (p.firstLineHas(" SIP/2.0") || p.has(0, "SIP/2.0 ")) { // RFC 3261 section 7
      return Service.SIP.bit();
    }
    if (isDtls(p)) {
      return Service.SSL.bit();
    }
    return quic(p);
  }

  private static boolean isDtls(Payload p) { // RFC 6347 section 4.1
    return p.u8(0) == 0x16 && (p.u16(1) == 0xFEFF || p.u16(1) == 0xFEFD) && p.u16(11) > 0;
  }

  /** A long header with a version that is known (RFC 9000 section 17.2, RFC 9369). */
  private static long quic(Payload p) {
    if ((p.u8(0) & 0xC0) != 0xC0 || p.u8(0) < 0) {
      return 0;
    }
    long version = p.u32(1);
    boolean known =
        version == QUIC_VERSION_2
            || version == QUIC_VERSION_1
            || (version & 0xFFFF_FF00L) == QUIC_DRAFT;
    int connectionIdLength = p.u8(5);
    if (!known || connectionIdLength > 20) {
      return 0;
    }
    return Service.QUIC.bit() | (isQuicHello(p) ? Service.SSL.bit() : 0);
  }

  /** An Initial packet in a datagram as long as a client's must be (RFC 9000 section 14.1). */
  static boolean isQuicHello(Payload p) {
    int type = (p.u8(0) >>> 4) & 3;
    int initial = p.u32(1) == QUIC_VERSION_2 ? 1 : 0;
    return (p.u8(0) & 0xC0) == 0xC0 && type == initial && p.length() >= QUIC_INITIAL_BYTES_MIN;
  }

  /** A header whose counts and operation make sense (RFC 1035 section 4.1.1). */
  static boolean isDns(Payload p) {
    if (p.length() < 12) {
      return false;
    }
    int operation = (p.u8(2) >>> 3) & 0xF;
    int records = p.u16(4) + p.u16(6) + p.u16(8) + p.u16(10);
    boolean plausible = operation <= 6 && records > 0 && records < 512;
    return plausible && (p.u8(3) & 0x40) == 0;
  }

  private static boolean isNtp(Payload p) { // RFC 5905 section 7.3
    int version = (p.u8(0) >>> 3) & 7;
    int mode = p.u8(0) & 7;
    boolean timed = mode >= 1 && mode <= 5 && p.length() >= 48;
    return version >= 1 && version <= 4 && (timed || (mode >= 6 && p.length() >= 8));
  }

  private static boolean isSnmp(Payload p) { // RFC 3416; SEQUENCE { version
    if (p.u8(0) != 0x30) {
      return false;
    }
    int at = p.u8(1) >= 0x80 ? 2 + (p.u8(1) & 0x7F) : 2;
    return p.u16(at) == 0x0201 && p.u8(at + 2) <= 3;
  }
}
