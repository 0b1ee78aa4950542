/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Certificates that their authorities have revoked, from a file of revocation lists. A list counts
 * from when it was issued until another file is taken over, also past its next update: what was
 * revoked stays so.
 *
 * @see "RFC 5280 section 5"
 */
final class Revocations {

  static final Revocations NONE = new Revocations(List.of());

  private final List<X509CRL> lists;

  private Revocations(List<X509CRL> lists) {
    this.lists = List.copyOf(lists);
  }

  /**
   * Reads lists, PEM one after another or one in DER, and checks who signed them.
   *
   * @param authorities those that may have
   * @throws GeneralSecurityException when there is none, one is malformed or another's
   */
  static Revocations parse(byte[] file, List<X509Certificate> authorities)
      throws GeneralSecurityException {
    List<X509CRL> lists = new ArrayList<>();
    for (CRL list :
        CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(file))) {
      X509CRL one = (X509CRL) list;
      requireSigned(one, authorities);
      lists.add(one);
    }
    if (lists.isEmpty()) {
      throw new GeneralSecurityException("there is no revocation list in it");
    }
    return new Revocations(lists);
  }

  private static void requireSigned(X509CRL list, List<X509Certificate> authorities)
      throws GeneralSecurityException {
    for (X509Certificate authority : authorities) {
      if (authority.getSubjectX500Principal().equals(list.getIssuerX500Principal())
          && isSigned(list, authority)) {
        return;
      }
    }
    throw new GeneralSecurityException(
        "the list of '" + list.getIssuerX500Principal() + "' is not signed by a trusted authority");
  }

  /** An authority that has changed its key may be there twice. */
  private static boolean isSigned(X509CRL list, X509Certificate authority) {
    try {
      list.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Returns whether one of a chain's certificates is revoked. */
  boolean isRevoked(X509Certificate[] chain) {
    for (X509Certificate certificate : chain) {
      for (X509CRL list : lists) {
        if (list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())) {
          X509CRLEntry entry = list.getRevokedCertificate(certificate.getSerialNumber());
          if (entry != null) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
