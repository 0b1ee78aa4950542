package io.podtap.injector.cluster;

import java.io.IOException;
import javax.net.ssl.SSLContext;

/** Whom to believe and who we are. Asked for every request: files change under long programs. */
public interface Credentials {

  /** Returns whose certificate the API server must have, and our own if there is one. */
  SSLContext tls() throws IOException;

  /** Returns the header {@code Authorization}, or an empty text. */
  String authorization() throws IOException;

  /** Returns the namespace that is meant where none is named. */
  String namespace() throws IOException;
}
