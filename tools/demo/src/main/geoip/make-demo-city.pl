#!/usr/bin/perl
# Writes the demo's GeoIP database from cities.csv: made-up networks in real cities.
# The networks are those that the RFCs set apart for benchmarks (198.18.0.0/15, RFC 2544) and
# documentation (2001:db8::/32, RFC 3849), so that nobody real is located.
#
#   apt-get install libmaxmind-db-writer-perl
#   perl make-demo-city.pl cities.csv demo-city.mmdb
use strict;
use warnings;
use utf8;
use MaxMind::DB::Writer::Tree;

my ($source, $target) = @ARGV;
die "usage: $0 cities.csv demo-city.mmdb\n" unless defined $target;

my %types = (
    city        => 'map',
    code        => 'utf8_string',
    continent   => 'map',
    country     => 'map',
    en          => 'utf8_string',
    geoname_id  => 'uint32',
    iso_code    => 'utf8_string',
    latitude    => 'double',
    location    => 'map',
    longitude   => 'double',
    names       => 'map',
    registered_country => 'map',
    subdivisions => [ 'array', 'map' ],
    time_zone   => 'utf8_string',
);

my %continents = (
    AF => 'Africa', AS => 'Asia', EU => 'Europe', NA => 'North America',
    OC => 'Oceania', SA => 'South America',
);

my $tree = MaxMind::DB::Writer::Tree->new(
    database_type            => 'Medallion-Demo-City',
    description              => { en => 'Made-up networks in real cities, for demonstrations' },
    ip_version               => 6,
    languages                => ['en'],
    record_size              => 24,
    remove_reserved_networks => 0,
    map_key_type_callback    => sub { $types{ $_[0] } },
);

open my $in, '<:encoding(UTF-8)', $source or die "$source: $!\n";
<$in>;
while (my $line = <$in>) {
    chomp $line;
    my ($continent, $country_code, $country, $region_code, $region, $city,
        $latitude, $longitude, $time_zone, $weight, $ipv4, $ipv6) = split /,/, $line;
    my $of_country = { iso_code => $country_code, names => { en => $country } };
    my $data = {
        continent => { code => $continent, names => { en => $continents{$continent} } },
        country => $of_country,
        registered_country => $of_country,
        city => { names => { en => $city } },
        location => { latitude => $latitude, longitude => $longitude, time_zone => $time_zone },
    };
    $data->{subdivisions} = [ { iso_code => $region_code, names => { en => $region } } ]
        if $region_code ne '';
    $tree->insert_network($_, $data) for $ipv4, $ipv6;
}

open my $out, '>:raw', $target or die "$target: $!\n";
$tree->write_tree($out);
close $out or die "$target: $!\n";
