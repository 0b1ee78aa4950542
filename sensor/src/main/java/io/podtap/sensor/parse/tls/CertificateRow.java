package io.podtap.sensor.parse.tls;

import java.io.ByteArrayInputStream;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * One certificate as {@code x509.log} shows it. Names of attributes and algorithms are OpenSSL's,
 * as in Zeek.
 *
 * @see "RFC 5280 section 4.1"
 */
final class CertificateRow {

  /** Kinds of a subject's alternative names (RFC 5280 section 4.2.1.6). */
  private static final int EMAIL = 1;

  private static final int DNS_NAME = 2;
  private static final int URI = 6;
  private static final int ADDRESS = 7;

  private static final Map<String, String> ATTRIBUTES =
      Map.ofEntries(
          Map.entry("1.2.840.113549.1.9.1", "emailAddress"),
          Map.entry("2.5.4.4", "SN"),
          Map.entry("2.5.4.5", "serialNumber"),
          Map.entry("2.5.4.9", "street"),
          Map.entry("2.5.4.12", "title"),
          Map.entry("2.5.4.13", "description"),
          Map.entry("2.5.4.15", "businessCategory"),
          Map.entry("2.5.4.17", "postalCode"),
          Map.entry("2.5.4.42", "GN"),
          Map.entry("2.5.4.46", "dnQualifier"),
          Map.entry("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
          Map.entry("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
          Map.entry("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"));

  private static final Map<String, String> SIGNATURES =
      Map.ofEntries(
          Map.entry("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
          Map.entry("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
          Map.entry("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
          Map.entry("1.2.840.113549.1.1.10", "rsassaPss"),
          Map.entry("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
          Map.entry("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
          Map.entry("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
          Map.entry("1.2.840.10040.4.3", "dsaWithSHA1"),
          Map.entry("2.16.840.1.101.3.4.3.2", "dsa_with_SHA256"),
          Map.entry("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
          Map.entry("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
          Map.entry("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
          Map.entry("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
          Map.entry("1.3.101.112", "ED25519"),
          Map.entry("1.3.101.113", "ED448"));

  final long timeNs;
  final String fingerprint;
  final X509Certificate certificate;
  final boolean host;
  final boolean client;
  final List<String> dnsNames = new ArrayList<>();
  final List<String> uris = new ArrayList<>();
  final List<String> emails = new ArrayList<>();
  final List<String> addresses = new ArrayList<>();

  private CertificateRow(
      long timeNs, String fingerprint, X509Certificate certificate, boolean host, boolean client)
      throws CertificateException {
    this.timeNs = timeNs;
    this.fingerprint = fingerprint;
    this.certificate = certificate;
    this.host = host;
    this.client = client;
    var alternatives = certificate.getSubjectAlternativeNames();
    if (alternatives != null) {
      alternatives.forEach(this::take);
    }
  }

  /**
   * Reads a certificate.
   *
   * @param encoded DER, from the wire
   * @param host whether it is an end's own one, not of those that vouch for it
   * @param client whether the client sent it
   * @return null when it cannot be read
   */
  static @Nullable CertificateRow read(
      long timeNs, String fingerprint, byte[] encoded, boolean host, boolean client) {
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(encoded));
      return new CertificateRow(timeNs, fingerprint, certificate, host && !client, host && client);
    } catch (CertificateException | RuntimeException e) {
      return null; // bytes from the wire: whatever the JDK's parser stumbles over is unreadable
    }
  }

  private void take(List<?> alternative) {
    String name = String.valueOf(alternative.get(1));
    switch (alternative.get(0)) {
      case Integer kind when kind == EMAIL -> emails.add(name);
      case Integer kind when kind == DNS_NAME -> dnsNames.add(name);
      case Integer kind when kind == URI -> uris.add(name);
      case Integer kind when kind == ADDRESS -> addresses.add(name);
      default -> {}
    }
  }

  static String name(X500Principal principal) {
    return principal.getName(X500Principal.RFC2253, ATTRIBUTES);
  }

  /** Returns the serial number in hexadecimal digits, two for each byte. */
  String serial() {
    String digits = certificate.getSerialNumber().abs().toString(16).toUpperCase(Locale.ROOT);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }

  String signature() {
    String name = SIGNATURES.get(certificate.getSigAlgOID());
    return name != null ? name : certificate.getSigAlgOID();
  }

  String keyAlgorithm() {
    String algorithm = certificate.getPublicKey().getAlgorithm();
    return switch (algorithm) {
      case "RSA" -> "rsaEncryption";
      case "EC" -> "id-ecPublicKey";
      case "DSA" -> "dsaEncryption";
      default -> algorithm;
    };
  }

  @Nullable String keyType() {
    return switch (certificate.getPublicKey().getAlgorithm()) {
      case "RSA" -> "rsa";
      case "EC" -> "ecdsa";
      case "DSA" -> "dsa";
      default -> null;
    };
  }

  /** Returns bits of the key, or -1. */
  int keyLength() {
    PublicKey key = certificate.getPublicKey();
    return switch (key) {
      case RSAPublicKey rsa -> rsa.getModulus().bitLength();
      case ECPublicKey curve -> curve.getParams().getCurve().getField().getFieldSize();
      case DSAPublicKey dsa when dsa.getParams() != null -> dsa.getParams().getP().bitLength();
      default -> -1;
    };
  }

  @Nullable String exponent() {
    return certificate.getPublicKey() instanceof RSAPublicKey rsa
        ? rsa.getPublicExponent().toString()
        : null;
  }

  /** Returns the curve, of those that the JDK reads: one for each length. */
  @Nullable String curve() {
    if (!(certificate.getPublicKey() instanceof ECPublicKey)) {
      return null;
    }
    return switch (keyLength()) {
      case 256 -> "prime256v1";
      case 384 -> "secp384r1";
      case 521 -> "secp521r1";
      default -> null;
    };
  }

  /** Returns whether the host is one that the certificate is for. */
  boolean isFor(String hostName) {
    List<String> names = new ArrayList<>(dnsNames);
    for (String part : name(certificate.getSubjectX500Principal()).split(",", -1)) {
      if (part.startsWith("CN=")) {
        names.add(part.substring(3));
      }
    }
    return names.stream().anyMatch(name -> isNameOf(name, hostName));
  }

  /** Compares as RFC 6125 section 6.4 says. */
  private static boolean isNameOf(String name, String hostName) {
    String wanted = hostName.toLowerCase(Locale.ROOT);
    String given = name.toLowerCase(Locale.ROOT);
    if (!given.startsWith("*.")) {
      return given.equals(wanted);
    }
    int dot = wanted.indexOf('.');
    return dot > 0 && given.substring(1).equals(wanted.substring(dot));
  }
}
