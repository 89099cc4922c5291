package town

import "strings"

var firstNames = strings.Fields(`Anna Ayşe Andreas Alina Ahmet Barbara Bernd Birgit Boris Carla Christian Claudia Clemens Daniela Dariusz David Deniz
	Dorothea Elena Elif Emre Erik Eva Fabian Fatma Felix Florian Franziska Frieda Gabriele Georg Gerd Giulia Gregor Hanna Hans Hatice Heike Helena Henrik
	Hüseyin Ines Ingo Irina Isabel Jan Jana Jelena Joachim Johanna Jonas Jürgen Julia Kaan Karin Kathrin Kemal Kerstin Klara Konrad Kristina Lars Laura Lea
	Leon Leyla Lina Lukas Luisa Magda Malte Manfred Marek Margit Maria Marlene Martina Matthias Mehmet Melanie Merve Mia Mila Mirko Monika Moritz Murat
	Nadja Natalia Nele Nico Nils Nina Norbert Olaf Oleg Olga Oskar Paula Petra Philipp Piotr Rainer Ralf Renate Rita Robert Rolf Rosa Ruth Sandro Sarah
	Selin Sibel Silke Simon Sofia Stefanie Svenja Tanja Tarek Teresa Theo Tim Tobias Ulrike Uta Valentin Vera Viktor Volker Wiebke Yasemin Yusuf Zeynep`)

var lastNames = strings.Fields(`Abel Acar Albers Arslan Bach Bauer Becker Behrens Berger Böhm Brandt Braun Busch Çelik Demir Dietrich Dietz Doğan Ebert
	Engel Ernst Fiedler Fischer Förster Franke Friedrich Fuchs Funk Gärtner Graf Groß Günther Haas Hahn Hartmann Heinrich Herrmann Hoffmann Hofmann Horn
	Horvat Huber Jäger Jansen Jung Kaiser Kaya Keller Kılıç Klein Koch Köhler König Kowalski Kraft Kramer Kraus Krüger Kuhn Lange Lang Lehmann Lorenz Ludwig
	Maier Marković Martin Mayer Meyer Möller Müller Nagel Neumann Novak Nowak Otto Öztürk Paul Peters Petrović Pfeiffer Pohl Popescu Richter Riedel Ritter
	Roth Rossi Sauer Schäfer Schmidt Schmitt Schneider Scholz Schröder Schubert Schulte Schulz Schumacher Schuster Schwarz Seidel Şahin Simon Sommer Stark
	Stein Thomas Toth Ulrich Vogel Vogt Wagner Walter Weber Weiß Wendt Werner Winkler Winter Wolf Yıldız Yılmaz Ziegler Zimmermann Zorn`)

// plain is a name as it stands in a mail address.
func plain(name string) string {
	return strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ç", "c", "ğ", "g", "ı", "i", "ş", "s", "ć", "c", "š", "s", "ž", "z").
		Replace(strings.ToLower(name))
}
