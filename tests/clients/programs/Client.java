// Prints the ids of all products with java.net.http.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.regex.Pattern;

class Client {
  public static void main(String[] arguments) throws Exception {
    var key = arguments[0];
    var shard = key.substring(key.lastIndexOf('-') + 1);
    var credential = Base64.getEncoder().encodeToString((key + ":").getBytes());
    var url = "https://api." + shard + ".cliniko.com/v1/products?per_page=20";
    var client = HttpClient.newHttpClient();
    while (url != null) {
      var request =
          HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Basic " + credential);
      var page = client.send(request.build(), BodyHandlers.ofString()).body();
      var ids = Pattern.compile("\"id\":\"([0-9]+)\"").matcher(page);
      while (ids.find()) System.out.println(ids.group(1));
      var next = Pattern.compile("\"next\":\"([^\"]+)\"").matcher(page);
      url = next.find() ? next.group(1) : null;
    }
  }
}
