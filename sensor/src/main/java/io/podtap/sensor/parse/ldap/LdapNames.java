package io.podtap.sensor.parse.ldap;

/**
 * What numbers stand for, in the words that Zeek uses.
 *
 * @see "RFC 4511 appendix A; IANA LDAP parameters"
 */
final class LdapNames {

  private LdapNames() {}

  static String result(long code) {
    return switch (Math.clamp(code, -1, 1_000)) {
      case 0 -> "success";
      case 1 -> "operations error";
      case 2 -> "protocol error";
      case 3 -> "time limit exceeded";
      case 4 -> "size limit exceeded";
      case 5 -> "compare false";
      case 6 -> "compare true";
      case 7 -> "auth method not supported";
      case 8 -> "stronger auth required";
      case 9 -> "partial results";
      case 10 -> "referral";
      case 11 -> "admin limit exceeded";
      case 12 -> "unavailable critical extension";
      case 13 -> "confidentiality required";
      case 14 -> "SASL bind in progress";
      case 16 -> "no such attribute";
      case 17 -> "undefined attribute type";
      case 18 -> "inappropriate matching";
      case 19 -> "constraint violation";
      case 20 -> "attribute or value exists";
      case 21 -> "invalid attribute syntax";
      case 32 -> "no such object";
      case 33 -> "alias problem";
      case 34 -> "invalid DN syntax";
      case 36 -> "alias dereferencing problem";
      case 48 -> "inappropriate authentication";
      case 49 -> "invalid credentials";
      case 50 -> "insufficient access rights";
      case 51 -> "busy";
      case 52 -> "unavailable";
      case 53 -> "unwilling to perform";
      case 54 -> "loop detect";
      case 64 -> "naming violation";
      case 65 -> "object class violation";
      case 66 -> "not allowed on non-leaf";
      case 67 -> "not allowed on RDN";
      case 68 -> "entry already exists";
      case 69 -> "object class mods prohibited";
      case 71 -> "affects multiple DSAs";
      case 80 -> "other";
      default -> "unknown-" + code;
    };
  }

  static String extension(String oid) {
    return switch (oid) {
      case "1.3.6.1.4.1.1466.20037" -> "StartTLS";
      case "1.3.6.1.4.1.4203.1.11.1" -> "Password Modify";
      case "1.3.6.1.4.1.4203.1.11.3" -> "whoami";
      default -> "unknown";
    };
  }

  static String scope(long scope) {
    return scope == 0 ? "base" : scope == 1 ? "single" : "tree";
  }

  static String aliases(long when) {
    return switch (Math.clamp(when, -1, 4)) {
      case 0 -> "never";
      case 1 -> "searching";
      case 2 -> "finding";
      default -> "always";
    };
  }
}
