package io.byssus.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * The repository as it lies on disk: its top folder and its modules in the order of the root pom.
 */
record SourceTree(Path root, List<Module> modules) {

  /**
   * One leaf.
   *
   * @param path where it lies, from the root, such as {@code server/node}
   * @param dependencies the artifact ids of the modules of ours that its pom names, tests included
   */
  record Module(
      String path, String artifactId, Set<String> dependencies, List<JavaSource> sources) {
    List<JavaSource> mainSources() {
      return sources.stream().filter(JavaSource::isMain).toList();
    }
  }

  /** The tree that this test belongs to. */
  static SourceTree find() throws Exception {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve(".mvn"))) {
      root = root.getParent();
    }
    return read(root);
  }

  static SourceTree read(Path root) throws Exception {
    var modules = new ArrayList<Module>();
    for (Element module : elements(xml(root.resolve("pom.xml")), "module")) {
      modules.add(module(root, module.getTextContent().trim()));
    }
    return new SourceTree(root, List.copyOf(modules));
  }

  List<JavaSource> sources() {
    return modules.stream().flatMap(module -> module.sources.stream()).toList();
  }

  List<JavaSource> mainSources() {
    return sources().stream().filter(JavaSource::isMain).toList();
  }

  private static Module module(Path root, String path) throws Exception {
    var pom = xml(root.resolve(path).resolve("pom.xml"));
    var artifactId =
        elements(pom, "artifactId").stream()
            .filter(element -> element.getParentNode() == pom.getDocumentElement())
            .findFirst()
            .orElseThrow()
            .getTextContent()
            .trim();
    var dependencies =
        elements(pom, "dependency").stream()
            .filter(element -> child(element, "groupId").equals("io.byssus"))
            .filter(
                element ->
                    !element
                        .getParentNode()
                        .getParentNode()
                        .getNodeName()
                        .equals("dependencyManagement"))
            .map(element -> child(element, "artifactId"))
            .collect(Collectors.toSet());
    return new Module(path, artifactId, dependencies, javaSources(root, path));
  }

  private static List<JavaSource> javaSources(Path root, String module) throws IOException {
    Path source = root.resolve(module).resolve("src");
    if (!Files.isDirectory(source)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(source)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .sorted()
          .map(file -> javaSource(root, file))
          .toList();
    }
  }

  private static JavaSource javaSource(Path root, Path file) {
    try {
      String path = root.relativize(file).toString().replace('\\', '/');
      return new JavaSource(path, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Document xml(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
  }

  private static List<Element> elements(Document document, String name) {
    var found = document.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static String child(Element element, String name) {
    return element.getElementsByTagName(name).item(0).getTextContent().trim();
  }
}
