/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import io.podtap.core.text.PlainText;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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

  /** Names that a message shows; a certificate may have hundreds. */
  private static final int SHOWN_MAX = 8;

  private static final String NUMERIC_IPV4 = "[0-9]{1,3}(\\.[0-9]{1,3}){3}";

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
   *     that ends in {@code /*} stands for all that begin so. An address that a certificate has as
   *     a DNS name does not count (RFC 9525 section 6.2)
   */
  public boolean match(String expected) {
    if (expected.indexOf("://") > 0) {
      return expected.endsWith("/*")
          ? uris.stream()
              .filter(PeerNames::isWhole)
              .anyMatch(uri -> uri.startsWith(expected.substring(0, expected.length() - 1)))
          : uris.contains(expected);
    }
    String name = withoutRoot(expected.toLowerCase(Locale.ROOT));
    return isAddress(name)
        ? addresses.contains(name)
        : dns.stream().anyMatch(pattern -> fits(pattern, name));
  }

  /** What begins like a SPIFFE ID and is none may mean another path than it seems to. */
  private static boolean isWhole(String uri) {
    return !uri.startsWith(SpiffeId.SCHEME) || SpiffeId.parse(uri).isPresent();
  }

  private static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || name.matches(NUMERIC_IPV4);
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
    return namespaces("");
  }

  /**
   * As {@link #namespaces()}, of one trust domain only.
   *
   * @param trustDomain empty for any
   */
  public List<String> namespaces(String trustDomain) {
    return uris.stream()
        .map(SpiffeId::parse)
        .flatMap(Optional::stream)
        .filter(id -> trustDomain.isEmpty() || id.domain().equals(trustDomain))
        .map(SpiffeId::namespace)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /** Returns them for a message: printable, in one line of bounded length. */
  @Override
  public String toString() {
    List<String> all = new ArrayList<>(dns);
    all.addAll(uris);
    all.addAll(addresses);
    String shown =
        String.join(", ", all.stream().limit(SHOWN_MAX).map(name -> PlainText.of(name)).toList());
    return all.isEmpty()
        ? "no name"
        : PlainText.of(shown)
            + (all.size() > SHOWN_MAX ? " and " + (all.size() - SHOWN_MAX) + " more" : "");
  }
}
