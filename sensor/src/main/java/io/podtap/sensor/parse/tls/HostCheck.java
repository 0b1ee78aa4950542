package io.podtap.sensor.parse.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares the host that a client asked for with the names in a certificate.
 *
 * @see "RFC 6125 section 6.4; RFC 5280 section 4.2.1.6"
 */
final class HostCheck {

  private static final int DNS_NAME = 2;
  private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=((?:[^,\\\\]|\\\\.)*)");

  private HostCheck() {}

  /**
   * Returns whether the certificate is for the host; null when it cannot be read.
   *
   * @param encoded DER, from the wire
   */
  static @Nullable Boolean matches(byte[] encoded, String host) {
    List<String> names = new ArrayList<>();
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(encoded));
      var alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> one : alternatives) {
          if (one.get(0) instanceof Integer kind && kind == DNS_NAME) {
            names.add(String.valueOf(one.get(1)));
          }
        }
      }
      Matcher common = COMMON_NAME.matcher(certificate.getSubjectX500Principal().getName());
      if (common.find()) {
        names.add(common.group(1));
      }
    } catch (CertificateException | RuntimeException e) {
      return null; // bytes from the wire: whatever the JDK's parser stumbles over is unreadable
    }
    return names.stream().anyMatch(name -> isNameOf(name, host));
  }

  private static boolean isNameOf(String name, String host) {
    String wanted = host.toLowerCase(Locale.ROOT);
    String given = name.toLowerCase(Locale.ROOT);
    if (!given.startsWith("*.")) {
      return given.equals(wanted);
    }
    int dot = wanted.indexOf('.');
    return dot > 0 && given.substring(1).equals(wanted.substring(dot));
  }
}
