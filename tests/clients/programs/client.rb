# Prints the ids of all products with Net::HTTP.
require "json"
require "net/http"

key = ARGV[0]
url = URI("https://api.#{key.split('-').last}.cliniko.com/v1/products?per_page=20")
while url
  request = Net::HTTP::Get.new(url)
  request.basic_auth(key, "")
  answer = Net::HTTP.start(url.hostname, url.port, use_ssl: true) { |http| http.request(request) }
  page = JSON.parse(answer.body)
  page["products"].each { |product| puts product["id"] }
  url = page["links"]["next"] && URI(page["links"]["next"])
end
