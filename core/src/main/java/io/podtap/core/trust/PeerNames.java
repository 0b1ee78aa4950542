package io.podtap.core.trust;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The names in a certificate, as it says of itself: alternative names of type DNS, URI and IP
 * address. The subject's common name is none (RFC 9110 section 4.3.4).
 *
 * @param dns in lower case, {@code *} possibly first
 * @param uris as they are
 * @param addresses numeric, as the JDK writes them
 * @see "RFC 5280 section 4.2.1.6"
 */
public record PeerNames(List<String> dns, List<String> uris, List<String> addresses) {

  private static final int TYPE_DNS = 2;
  private static final int TYPE_URI = 6;
  private static final int TYPE_ADDRESS = 7;
  private static final String SPIFFE = "spiffe://";
  private static final String NAMESPACE = "/ns/";

  public PeerNames {
    dns = List.copyOf(dns);
    uris = List.copyOf(uris);
    addresses = List.copyOf(addresses);
  }

  /** Reads them; what is malformed is no name. */
  public static PeerNames of(X509Certificate certificate) {
    List<String> dns = new ArrayList<>();
    List<String> uris = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    try {
      var names = certificate.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        String text = String.valueOf(name.get(1));
        switch ((Integer) name.get(0)) {
          case TYPE_DNS -> dns.add(text.toLowerCase(Locale.ROOT));
          case TYPE_URI -> uris.add(text);
          case TYPE_ADDRESS -> addresses.add(text);
          default -> {}
        }
      }
    } catch (CertificateParsingException e) {
      return new PeerNames(List.of(), List.of(), List.of());
    }
    return new PeerNames(dns, uris, addresses);
  }

  /**
   * Returns whether one of the names is the expected one.
   *
   * @param expected a DNS name (with or without the root's dot), a numeric address or a URI; a URI
   *     that ends in {@code /*} stands for all that begin so
   */
  public boolean match(String expected) {
    if (expected.indexOf("://") > 0) {
      return expected.endsWith("/*")
          ? uris.stream()
              .anyMatch(uri -> uri.startsWith(expected.substring(0, expected.length() - 1)))
          : uris.contains(expected);
    }
    String name = withoutRoot(expected.toLowerCase(Locale.ROOT));
    return addresses.contains(name) || dns.stream().anyMatch(pattern -> fits(pattern, name));
  }

  /** The dot that tells a resolver that the name is whole stands in no certificate. */
  private static String withoutRoot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** A star stands for one whole first label (RFC 9525 section 6.3). */
  private static boolean fits(String pattern, String name) {
    if (!pattern.startsWith("*.")) {
      return pattern.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && name.substring(dot).equals(pattern.substring(1));
  }

  /**
   * Returns the Kubernetes namespaces that the certificate stands for: of {@code
   * spiffe://DOMAIN/ns/NAMESPACE/sa/ACCOUNT}, as Kubernetes' issuers of such names write them.
   */
  public List<String> namespaces() {
    return uris.stream()
        .filter(uri -> uri.startsWith(SPIFFE))
        .map(uri -> uri.substring(SPIFFE.length()))
        .map(PeerNames::namespace)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static String namespace(String domainAndPath) {
    int slash = domainAndPath.indexOf('/');
    if (slash < 0 || !domainAndPath.startsWith(NAMESPACE, slash)) {
      return "";
    }
    int start = slash + NAMESPACE.length();
    int end = domainAndPath.indexOf('/', start);
    return domainAndPath.substring(start, end < 0 ? domainAndPath.length() : end);
  }

  /** Returns all of them, for a message. */
  @Override
  public String toString() {
    List<String> all = new ArrayList<>(dns);
    all.addAll(uris);
    all.addAll(addresses);
    return all.isEmpty() ? "no name" : String.join(", ", all);
  }
}
