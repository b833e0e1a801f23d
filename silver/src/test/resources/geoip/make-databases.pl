#!/usr/bin/perl
# Writes the small databases of the tests, into the folder of this script:
#   apt-get install libmaxmind-db-writer-perl && perl make-databases.pl
use strict;
use warnings;
use FindBin;
use MaxMind::DB::Writer::Tree;

my %types = (
    country      => 'map',
    city         => 'map',
    location     => 'map',
    subdivisions => [ 'array', 'map' ],
    names        => 'map',
    en           => 'utf8_string',
    iso_code     => 'utf8_string',
    geoname_id   => 'uint32',
    latitude     => 'double',
    longitude    => 'double',
    time_zone    => 'utf8_string',
    autonomous_system_number       => 'uint32',
    autonomous_system_organization => 'utf8_string',
);

sub place {
    my ($code, $country, $region, $city, $latitude, $longitude, $zone) = @_;
    return {
        country      => { iso_code => $code, names => { en => $country } },
        subdivisions => [ { names => { en => $region } } ],
        city         => { names => { en => $city } },
        location     => { latitude => $latitude, longitude => $longitude, time_zone => $zone },
    };
}

sub network {
    my ($number, $organization) = @_;
    return { autonomous_system_number => $number, autonomous_system_organization => $organization };
}

sub write_database {
    my ($file, $type, $description, %places) = @_;
    my $tree = MaxMind::DB::Writer::Tree->new(
        ip_version               => 6,
        record_size              => 24,
        database_type            => $type,
        languages                => ['en'],
        description              => { en => $description },
        map_key_type_callback    => sub { $types{ $_[0] } },
        remove_reserved_networks => 0,
        alias_ipv6_to_ipv4       => 1,
    );
    $tree->insert_network($_, $places{$_}) for sort keys %places;
    open my $out, '>:raw', "$FindBin::Bin/$file" or die "$file: $!";
    $tree->write_tree($out);
    close $out;
}

my $berlin = place('DE', 'Germany', 'Land Berlin', 'Berlin', 52.52, 13.405, 'Europe/Berlin');
my $oslo = place('NO', 'Norway', 'Oslo County', 'Oslo', 59.91, 10.75, 'Europe/Oslo');
write_database('city.mmdb', 'GeoLite2-City', 'Made-up networks for tests',
    '203.0.113.0/24' => $berlin, '2001:db8:1::/48' => $oslo);
# The same network somewhere else, to see a replacement take effect.
write_database('city-moved.mmdb', 'GeoLite2-City', 'Made-up networks for tests, moved',
    '203.0.113.0/24' => $oslo);
write_database('country.mmdb', 'GeoLite2-Country', 'Made-up networks for tests',
    '203.0.113.0/24' => { country => { iso_code => 'DE', names => { en => 'Germany' } } });
# Of another kind; the second network has the addresses of the demo.
write_database('asn.mmdb', 'GeoLite2-ASN', 'Made-up networks for tests',
    '203.0.113.0/24' => network(64496, 'Example Networks'),
    '198.18.0.0/15' => network(4200000000, 'Example Access'));
