/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import io.podtap.sensor.flow.ServiceSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A protocol that is told apart, with the names that Zeek gives it. There is one object for each
 * name. A protocol names its services in its own package; here are those alone that several
 * protocols carry or turn to. Any thread.
 */
public final class Service {

  private static final List<Service> ALL = new ArrayList<>();

  /** TLS: many protocols turn to it, and QUIC carries its handshake. */
  public static final Service SSL = named("ssl");

  /** Kerberos in datagrams, and inside the messages of other protocols. */
  public static final Service KERBEROS = named("krb");

  /** The security mechanisms of RFC 2743 inside the messages of other protocols. */
  public static final Service GSSAPI = named("gssapi");

  /** NTLM inside the messages of other protocols. */
  public static final Service NTLM = named("ntlm");

  /** DCE/RPC, over TCP and inside the pipes of SMB. */
  public static final Service DCE_RPC = named("dce_rpc");

  private final int number;
  private final String zeekName;
  private final String analyzer;
  private final ServiceSet alone;

  private Service(int number, String zeekName, String analyzer) {
    this.number = number;
    this.zeekName = zeekName;
    this.analyzer = analyzer;
    this.alone = ServiceSet.of(number);
  }

  /**
   * Returns the service of this name in conn.log; its name in weird.log and analyzer.log is the
   * same in capital letters.
   */
  public static Service named(String zeekName) {
    return named(zeekName, zeekName.toUpperCase(Locale.ROOT));
  }

  /**
   * Returns the service of this name.
   *
   * @param zeekName as Zeek names it in conn.log
   * @param analyzer as Zeek names it in weird.log and analyzer.log
   */
  public static Service named(String zeekName, String analyzer) {
    synchronized (ALL) {
      for (Service known : ALL) {
        if (known.zeekName.equals(zeekName)) {
          return known;
        }
      }
      Service made = new Service(ALL.size(), zeekName, analyzer);
      ALL.add(made);
      return made;
    }
  }

  /** Returns this service's number in a {@link ServiceSet}: the same while the program runs. */
  public int number() {
    return number;
  }

  /** Returns the name that Zeek gives in conn.log. */
  public String zeekName() {
    return zeekName;
  }

  /** Returns the name that Zeek gives in weird.log and analyzer.log. */
  public String analyzer() {
    return analyzer;
  }

  /** Returns the set of this service alone. */
  public ServiceSet alone() {
    return alone;
  }

  /** Returns whether this service is in a set. */
  public boolean isIn(ServiceSet services) {
    return services.contains(number);
  }

  @Override
  public String toString() {
    return analyzer;
  }
}
