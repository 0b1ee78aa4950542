/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.filter;

import java.net.InetAddress;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of hosts and networks in a filter. libpcap's compiler looks each of them up, by DNS, while
 * it compiles; a filter is checked without that, by addresses in their place. The tap itself looks
 * them up when it starts, as tcpdump does.
 *
 * @see "pcap-filter(7); libpcap, scanner.l and gencode.c (gen_scode)"
 */
public final class FilterNames {

  // Addresses of documentation: RFC 5737 and RFC 3849; a locally administered MAC address.
  private static final String IPV4 = "192.0.2.1";
  private static final String NETWORK = "192.0.2";
  private static final String IPV6 = "2001:db8::1";
  private static final String MAC = "02:00:00:00:00:01";

  /** Words, and all else a character at a time. */
  private static final Pattern TOKEN =
      Pattern.compile("\\\\[^ !()\\n\\t]+|[A-Za-z0-9][-_.:A-Za-z0-9]*|\\s+|.", Pattern.DOTALL);

  /** Numbers, IPv4 addresses whole and in part, MAC addresses. */
  private static final Pattern NUMERIC =
      Pattern.compile(
          "(0[xX][0-9a-fA-F]+|[0-9]+(\\.[0-9]+){0,3}|[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5})");

  /** What a name behind a word is the name of. */
  private enum Kind {
    HOST,
    NETWORK,
    /** A service or protocol of this machine's own tables, or a word of the language. */
    OTHER
  }

  private static final Set<String> DIRECTIONS =
      words("src dst ra ta addr1 addr2 addr3 addr4 address1 address2 address3 address4");

  private static final Set<String> PROTOCOLS =
      words(
          "link ether ppp slip fddi tr wlan arp rarp ip sctp tcp udp ip6 icmp icmp6 igmp igrp pim"
              + " vrrp carp ah esp atalk aarp decnet lat sca moprc mopdl iso esis es-is isis is-is"
              + " l1 l2 iih lsp snp csnp psnp clnp stp ipx netbeui radio");

  private static final Set<String> TYPES = words("port portrange proto protochain gateway");

  /** The next word is of a language of its own. */
  private static final Set<String> WITH_A_WORD =
      words("type subtype direction dir on ifname rset ruleset reason action llc");

  private static final Set<String> OTHER_WORDS =
      words(
          "and or not less greater byte broadcast multicast len length inbound outbound ifindex"
              + " vlan mpls pppoed pppoes geneve lane metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic"
              + " vpi vci connectmsg metaconnect rnr rulenum srnr subrulenum fisu lssu lsu msu"
              + " hfisu hlssu hmsu sio opc dpc sls hsio hopc hdpc hsls mask icmptype icmpcode"
              + " icmp-echoreply icmp-unreach icmp-sourcequench icmp-redirect icmp-echo"
              + " icmp-routeradvert icmp-routersolicit icmp-timxceed icmp-paramprob icmp-tstamp"
              + " icmp-tstampreply icmp-ireq icmp-ireqreply icmp-maskreq icmp-maskreply icmp6type"
              + " icmp6code icmp6-destinationunreach icmp6-packettoobig icmp6-timeexceeded"
              + " icmp6-parameterproblem icmp6-echo icmp6-echoreply icmp6-routersolicit"
              + " icmp6-routeradvert icmp6-neighborsolicit icmp6-neighboradvert icmp6-redirect"
              + " tcpflags tcp-fin tcp-syn tcp-rst tcp-push tcp-ack tcp-urg tcp-ece tcp-cwr");

  private final StringBuilder plain = new StringBuilder();
  private Kind kind = Kind.HOST;
  private String family = "";
  private boolean isBehindQualifier;
  private boolean isBehindOneWord;
  private boolean isInBrackets;

  private FilterNames() {}

  private static Set<String> words(String text) {
    return Set.of(text.split(" ", -1));
  }

  /** Returns the same filter with an address for each name that would be looked up. */
  public static String withoutNames(String filter) {
    FilterNames names = new FilterNames();
    Matcher token = TOKEN.matcher(filter);
    while (token.find()) {
      names.take(token.group());
    }
    return names.plain.toString();
  }

  /** Takes a word or a character; libpcap's words are in lower case alone. */
  private void take(String text) {
    isInBrackets = text.equals("[") || (isInBrackets && !text.equals("]"));
    if (isInBrackets || !isWord(text) || OTHER_WORDS.contains(text)) {
      isBehindOneWord &= text.isBlank();
      plain.append(text);
      return;
    }
    boolean isTheOneWord = isBehindOneWord;
    isBehindOneWord = WITH_A_WORD.contains(text);
    if (isTheOneWord || isBehindOneWord || isQualifier(text)) {
      plain.append(text);
      return;
    }
    isBehindQualifier = false;
    plain.append(kind == Kind.OTHER || isNumeric(text) ? text : address());
  }

  private static boolean isWord(String text) {
    return text.matches("[A-Za-z0-9\\\\].*");
  }

  private static boolean isNumeric(String text) {
    if (NUMERIC.matcher(text).matches()) {
      return true;
    }
    try {
      return text.indexOf(':') >= 0 && InetAddress.ofLiteral(text).getAddress().length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** A qualifier behind another one adds to it; behind anything else it begins anew. */
  private boolean isQualifier(String text) {
    boolean isOne = true;
    Kind its = Kind.HOST;
    if (PROTOCOLS.contains(text)) {
      family = text;
    } else if (DIRECTIONS.contains(text)) {
      family = isBehindQualifier ? family : "";
    } else if (text.equals("host") || text.equals("net") || TYPES.contains(text)) {
      family = isBehindQualifier ? family : "";
      its = text.equals("net") ? Kind.NETWORK : TYPES.contains(text) ? Kind.OTHER : Kind.HOST;
    } else {
      isOne = false;
    }
    if (isOne) {
      kind = its;
      isBehindQualifier = true;
    }
    return isOne;
  }

  private String address() {
    return switch (family) {
      case "ether", "link", "wlan", "fddi", "tr" -> MAC;
      case "ip6", "icmp6" -> IPV6;
      default -> kind == Kind.NETWORK ? NETWORK : IPV4;
    };
  }

  /** Returns whether the filter uses {@code gateway}, which takes nothing but a name. */
  public static boolean hasGateway(String filter) {
    return Pattern.compile("(?<![-_.A-Za-z0-9\\\\])gateway(?![-_.A-Za-z0-9])")
        .matcher(filter)
        .find();
  }
}
